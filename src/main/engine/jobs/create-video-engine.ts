/** The real engine behind video jobs: tracking, and the swapping stages of the engine that was chosen. */
import { NoFaceError, UsageError } from '#engine/errors.ts';
import { type DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import { CLASSIC_MODELS, type ClassicModelName } from '#engine/face/models/catalogue.ts';
import { classicModelPath } from '#engine/face/models/location.ts';
import { buildTimeline } from '#engine/face/tracks/build-timeline.ts';
import { ClipAnalyser } from '#engine/face/tracks/clip-analyser.ts';
import type { FrameObservation } from '#engine/face/tracks/observation.ts';
import { decodeObservations, encodeObservations } from '#engine/face/tracks/observation-codec.ts';
import { observationsInFiles } from '#engine/face/tracks/observation-source.ts';
import { sha256OfFile } from '#engine/files/hash.ts';
import { findHome } from '#engine/files/home.ts';
import { decodePicture } from '#engine/image/decode.ts';
import {
  createClassicFrameSwapper,
  type FrameSource,
  type FrameSwapperOptions,
} from '#engine/pipeline/create-frame-swapper.ts';
import { chooseEngine, savedDevice } from '#engine/pipeline/engines.ts';
import { enlargeFace, overviewOf } from '#engine/pipeline/overview.ts';
import { openRgiFrameSwapper } from '#engine/pipeline/rgi/frame-swapper.ts';
import { weightsOf } from '#engine/pipeline/rgi/readiness.ts';
import { openRgiTuning, type TuningEffort } from './rgi-tuning.ts';
import type { PhotoFace, SwapperRequest, VideoEngine } from './video-engine.ts';

export interface VideoEngineOptions {
  /** Threads of one network operator. One by default: decoder and encoder need the other cores. */
  readonly threads?: number | undefined;
  /** Hears the stages of each swapped frame with their times. */
  readonly onTimes?: FrameSwapperOptions['onTimes'];
  readonly tuningEffort?: TuningEffort | undefined;
}

/** Opens no model before it is needed. */
export function createVideoEngine({ threads, onTimes, tuningEffort }: VideoEngineOptions = {}): VideoEngine {
  const analyser = new FaceAnalyser({ threads: threads ?? 1 });

  return {
    async identity({ engine }) {
      const rgi = await chooseEngine(engine, findHome().packs);
      if (rgi) return { engine: 'rgi', ...weightsOf(rgi) };
      const hashes = Object.keys(CLASSIC_MODELS).map(async (name) => {
        const file = classicModelPath(name as ClassicModelName);
        return [`the model ${name}`, await sha256OfFile(file)] as const;
      });
      return { engine: 'classic', ...Object.fromEntries(await Promise.all(hashes)) };
    },

    async openAnalysis(behind) {
      const state = behind === undefined ? undefined : decodeObservations(behind).state;
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

    timeline: async (chunks) => buildTimeline(observationsInFiles(chunks)),

    async requireFace(photo, signal) {
      await openSource(analyser, photo, signal);
    },

    async openSwapper({ swap, video, sources, timeline, tuned }) {
      const byTrack = await openSources(analyser, sources);
      const settings = { ...swap, crop: video.crop };
      const options = { sources: byTrack, settings, detail: video.detail, timeline, onTimes };
      const rgi = await chooseEngine(swap.engine, findHome().packs);
      return rgi
        ? openRgiFrameSwapper(options, { device: await savedDevice(), threads, tuned })
        : createClassicFrameSwapper(analyser, options);
    },

    async openTuning({ swap, video, sources }) {
      if (!(await chooseEngine(swap.engine, findHome().packs)))
        throw new UsageError('Only the rgi engine can be tuned.', {
          action: 'Switch tuning off, or import its packs.',
        });
      const byTrack = await openSources(analyser, sources);
      const learns = video.ptiSteps > 0;
      const device = await savedDevice();
      return openRgiTuning({ sources: byTrack, crop: video.crop, learns, device, threads, effort: tuningEffort });
    },

    [Symbol.asyncDispose]: () => analyser[Symbol.asyncDispose](),
  };
}

/** Opens each photo once. */
async function openSources(
  analyser: FaceAnalyser,
  sources: SwapperRequest['sources'],
): Promise<Map<number, FrameSource>> {
  const opened = new Map<string, FrameSource>();
  const byTrack = new Map<number, FrameSource>();
  for (const [track, photo] of sources) {
    const key = JSON.stringify(photo);
    const source = opened.get(key) ?? (await openSource(analyser, photo));
    opened.set(key, source);
    byTrack.set(track, source);
  }
  return byTrack;
}

async function openSource(
  analyser: FaceAnalyser,
  { path, name, face }: PhotoFace,
  signal?: AbortSignal,
): Promise<FrameSource> {
  const picture = await decodePicture(path, name, signal);
  const { image, factor } = await overviewOf(picture);
  const faces = (await analyser.detect(image, { thorough: false, signal })).map((found) => enlargeFace(found, factor));
  if (faces.length === 0) {
    throw new NoFaceError('No face was found.', { file: name, action: 'Choose another photo.' });
  }
  return { picture, face: faces[face === 'largest' ? largestOf(faces) : face] ?? missing(face, faces.length, name) };
}

/** @returns the number of the largest face */
function largestOf(faces: readonly DetectedFace[]): number {
  const areas = faces.map(({ box: [, , width, height] }) => width * height);
  return areas.indexOf(Math.max(...areas));
}

function missing(face: number | string, count: number, file: string): never {
  throw new NoFaceError(`There is no face ${face} in this photo; it has ${count}, counted from 0.`, { file });
}
