/**
 * Entry of an engine process with every network of the rgi engine, as far as jobs and tuning go: photos, videos, jobs and
 * the calls of windows are the studio's own; faces stand where a script says, and what is tuned is one small matrix.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError } from '#engine/errors.ts';
import { findHome } from '#engine/files/home.ts';
import type { KeptWeightsAccess } from '#engine/host/kept-weights.ts';
import { openServices } from '#engine/host/open-services.ts';
import { createPhotoRefiner, type RefineFace } from '#engine/host/photo-refiner.ts';
import { runEngine } from '#engine/host/run-engine.ts';
import { shareLane } from '#engine/host/shared-video-engine.ts';
import { TuningDesk } from '#engine/host/tuning-desk.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { SwapperRequest } from '#engine/jobs/video-engine.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { readResumeWeights } from '#engine/tuning/resume-weights.ts';
import { openTuningNetworks } from '#engine/tuning/tuning-networks.ts';
import { missingFor } from '#engine/weights/packs.ts';
import type { KeptWeightsInfo } from '#shared/tuning.ts';
import { fakeVideoEngine } from './fake-video-engine.ts';
import { openPaintedTuning, paintedShapes } from './painted-tuning.ts';

/** Milliseconds of every update. */
const PACE = Number(process.env['E4S_TEST_UPDATE_MS'] ?? 30);
/** The same for a step of refining: a thousand of them must outlast a look at the window in every theme. */
const REFINE_PACE = 100;
const NO_AVERAGE: TensorData = { dims: [1], data: new Float32Array(1) };

const kept = new Map<string, KeptWeightsInfo & { readonly tensors: Readonly<Record<string, TensorData>> }>();
const weights: KeptWeightsAccess = {
  async keep(file) {
    const { tensors } = await readResumeWeights(file, paintedShapes, NO_AVERAGE);
    const info = { id: randomBytes(12).toString('hex'), name: path.basename(file), bytes: 1 };
    kept.set(info.id, { ...info, tensors });
    return info;
  },
  list: async () => [...kept.values()].map(({ id, name, bytes }) => ({ id, name, bytes })),
  async forget(id) {
    kept.delete(id);
  },
};

/** Faces of one brightness stand for those of the encoder. */
const encodesNothing = {
  encodePair: async () => {
    const face = {
      picture: { width: 64, height: 64, channels: 3, data: new Uint8Array(3 * 64 * 64).fill(200) },
      labels: { regions: { width: 512, height: 512, labels: new Uint8Array(512 * 512) } },
      vectors: new Float32Array(12 * 1280),
    };
    return { target: face, driven: face } as unknown as Awaited<ReturnType<PhotoStudio['encodePair']>>;
  },
};

/** A refinement whose picture comes out of the dark, step by step. */
const fadeIn: RefineFace = async ({ photo, steps = 50, wish, onStep }) => {
  const total = steps + 1;
  let made = { loss: 1, reconstruction: photo.picture };
  for (let step = 1; step <= total; step++) {
    await delay(REFINE_PACE);
    if (wish?.() === 'cancel') throw new CancelledError();
    if (wish?.() === 'finish') break;
    const data = Float32Array.from(photo.picture.data as Float32Array, (value) => ((value + 1) * step) / total - 1);
    made = { loss: 1 / step, reconstruction: { ...photo.picture, data } };
    onStep?.({
      part: 'vectors',
      step,
      total,
      losses: { loss: made.loss },
      reconstruction: made.reconstruction,
      best: true,
    });
  }
  return { vectors: photo.vectors, tuned: undefined, before: 1, after: made.loss, reconstruction: made.reconstruction };
};

runEngine(async () => {
  const services = await openServices();
  const home = findHome();
  await mkdir(home.jobs, { recursive: true });
  const desk = new TuningDesk(home.jobs);
  const engine = {
    ...fakeVideoEngine({ faces: () => [{ track: 0, box: [40, 0, 240, 280] }], delayMs: 20 }),
    openTuning: async ({ video }: SwapperRequest) => {
      // What is missing is said by the studio itself.
      if (video.ptiSteps > 0 && (await missingFor(home.packs, 'tuning')).length > 0)
        await openTuningNetworks(home.packs);
      return openPaintedTuning({ pace: PACE, weightsOf: async (id) => kept.get(id)?.tensors ?? {} });
    },
  };
  return {
    ...services,
    models: {
      ...services.models,
      engines: async () => [
        { id: 'classic', ready: true, reason: null, lacks: [] },
        { id: 'rgi', ready: true, reason: null, lacks: [] },
      ],
    },
    video: {
      ...services.video,
      jobs: openJobQueue({ jobs: home.jobs, engine: shareLane(engine, services.lanes.work), tuning: desk }),
    },
    tuning: { desk, weights },
    refiner: createPhotoRefiner(
      { ...encodesNothing, setVectors: (...change) => services.studio.setVectors(...change) },
      async () => fadeIn,
    ),
  };
});
