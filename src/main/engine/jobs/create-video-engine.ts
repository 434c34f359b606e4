/** The real engine behind video jobs: tracking, and the swapping stages of the engine that was chosen. */
import { UsageError } from '#engine/errors.ts';
import { FaceAnalyser } from '#engine/face/faces.ts';
import { CLASSIC_MODELS, type ClassicModelName } from '#engine/face/models/catalogue.ts';
import { classicModelPath } from '#engine/face/models/location.ts';
import { buildTimeline } from '#engine/face/tracks/build-timeline.ts';
import { ClipAnalyser, TRACKING_VERSION } from '#engine/face/tracks/clip-analyser.ts';
import { type FrameObservation, INITIAL_STATE } from '#engine/face/tracks/observation.ts';
import { decodeObservations, encodeObservations } from '#engine/face/tracks/observation-codec.ts';
import { observationsInFiles } from '#engine/face/tracks/observation-source.ts';
import { sha256OfFile } from '#engine/files/hash.ts';
import { findHome } from '#engine/files/home.ts';
import type { FrameSwapperOptions } from '#engine/pipeline/create-frame-swapper.ts';
import { chooseEngine, savedDevice } from '#engine/pipeline/engines.ts';
import { openClassicSwapper } from '#engine/pipeline/frame-workers/open-classic-swapper.ts';
import { openRgiFrameSwapper } from '#engine/pipeline/rgi/frame-swapper.ts';
import { weightsOf } from '#engine/pipeline/rgi/readiness.ts';
import { LARGEST_CROP, trackSizes } from '#engine/pipeline/track-sizes.ts';
import { openRgiTuning, type TuningEffort } from './rgi-tuning.ts';
import { openSourcePhoto, openSourcePhotos } from './source-photos.ts';
import { shiftTimeline, type VideoEngine } from './video-engine.ts';

export interface VideoEngineOptions {
  /** Threads of one network operator. One by default: decoder and encoder need the other cores. */
  readonly threads?: number | undefined;
  /** Threads on which the classic engine swaps frames; as many as the machine has room for when absent. */
  readonly swapThreads?: number | undefined;
  /** Hears the stages of each swapped frame with their times. */
  readonly onTimes?: FrameSwapperOptions['onTimes'];
  readonly tuningEffort?: TuningEffort | undefined;
}

/** Opens no model before it is needed. */
export function createVideoEngine({
  threads,
  swapThreads,
  onTimes,
  tuningEffort,
}: VideoEngineOptions = {}): VideoEngine {
  const analyser = new FaceAnalyser({ threads: threads ?? 1 });

  return {
    async identity({ engine }) {
      const rgi = await chooseEngine(engine, findHome().packs);
      if (rgi) return { engine: 'rgi', ...weightsOf(rgi) };
      return { engine: 'classic', ...(await hashesOf(Object.keys(CLASSIC_MODELS))) };
    },

    seenWith: async () => ({ tracking: String(TRACKING_VERSION), ...(await hashesOf(TRACKING_MODELS)) }),

    async openAnalysis(first, behind) {
      const state = behind === undefined ? { ...INITIAL_STATE, next: first } : decodeObservations(behind).state;
      const clip = await ClipAnalyser.open({ threads, state });
      let seen: FrameObservation[] = [];
      return {
        async look(frame, signal) {
          seen.push(await clip.push(frame, signal));
        },
        take() {
          const observations = seen;
          seen = [];
          return encodeObservations({ observations, state: clip.state });
        },
        [Symbol.asyncDispose]: () => clip[Symbol.asyncDispose](),
      };
    },

    timeline: async (pieces) => shiftTimeline(buildTimeline(observationsInFiles(pieces)), pieces[0]?.first ?? 0),

    async requireFace(photo, signal) {
      await openSourcePhoto(analyser, photo, signal);
    },

    async openSwapper({ swap, video, sources, timeline, tuned, clip }) {
      const byTrack = await openSourcePhotos(analyser, sources);
      const settings = { ...swap, crop: video.crop };
      const options = { sources: byTrack, settings, detail: video.detail, onTimes };
      if (await chooseEngine(swap.engine, findHome().packs))
        return openRgiFrameSwapper(options, { device: await savedDevice(), threads, tuned });
      const sizes = trackSizes(timeline, LARGEST_CROP[video.detail]);
      return openClassicSwapper(analyser, { ...options, sizes, clip, threads: swapThreads });
    },

    async openTuning({ swap, video, sources }) {
      if (!(await chooseEngine(swap.engine, findHome().packs)))
        throw new UsageError('Only the rgi engine can be tuned.', {
          action: 'Switch tuning off, or import its packs.',
        });
      const byTrack = await openSourcePhotos(analyser, sources);
      const learns = video.ptiSteps > 0;
      const device = await savedDevice();
      return openRgiTuning({ sources: byTrack, crop: video.crop, learns, device, threads, effort: tuningEffort });
    },

    [Symbol.asyncDispose]: () => analyser[Symbol.asyncDispose](),
  };
}

/** What faces are found and followed with. */
const TRACKING_MODELS = ['face-detector', 'face-mesh', 'face-geometry'] as const;

async function hashesOf(models: readonly string[]): Promise<Record<string, string>> {
  const hashes = models.map(async (name) => {
    const file = classicModelPath(name as ClassicModelName);
    return [`the model ${name}`, await sha256OfFile(file)] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}
