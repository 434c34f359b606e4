/**
 * The engine of video jobs on the lane of everything else: a job takes its turn for every single frame, so that a photo
 * is opened or swapped between two frames of a job instead of behind all of them.
 */
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import type { Lane } from './lane.ts';

/** A turn for every prepared face and every update. */
const shareTuning =
  (engine: VideoEngine, lane: Lane): NonNullable<VideoEngine['openTuning']> =>
  async (request) => {
    const tuning = await lane(undefined, async () => engine.openTuning?.(request));
    if (tuning === undefined) throw new RangeError('this engine has nothing to tune');
    const { bytes } = tuning;
    return {
      ...(bytes === undefined ? {} : { bytes }),
      prepare: (frame, face, signal) => lane(signal, () => tuning.prepare(frame, face, signal)),
      tune: (options) => tuning.tune({ ...options, turn: (work) => lane(undefined, work) }),
      [Symbol.asyncDispose]: () => tuning[Symbol.asyncDispose](),
    };
  };

export function shareLane(engine: VideoEngine, lane: Lane): VideoEngine {
  return {
    identity: (swap) => engine.identity(swap),
    async openAnalysis(...from) {
      const analysis = await engine.openAnalysis(...from);
      return {
        look: (frame, signal) => lane(signal, () => analysis.look(frame, signal)),
        take: () => analysis.take(),
        [Symbol.asyncDispose]: () => analysis[Symbol.asyncDispose](),
      };
    },
    timeline: (pieces, signal) => lane(signal, () => engine.timeline(pieces, signal)),
    ...(engine.seenWith === undefined ? {} : { seenWith: () => engine.seenWith!() }),
    requireFace: (photo, signal) => lane(signal, () => engine.requireFace(photo, signal)),
    async openSwapper(request) {
      const swapper = await lane(undefined, () => engine.openSwapper(request));
      const { atOnce } = swapper;
      // What works on several frames at a time has threads of its own for them.
      const turn = atOnce === undefined ? lane : lane.shared;
      return {
        atOnce,
        swap: (frame, faces, signal) => turn(signal, () => swapper.swap(frame, faces, signal)),
        [Symbol.asyncDispose]: () => swapper[Symbol.asyncDispose](),
      };
    },
    ...(engine.openTuning === undefined ? {} : { openTuning: shareTuning(engine, lane) }),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
