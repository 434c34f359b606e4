/** Frames of a video by the rgi engine: the stages of photos in the profile of frames, and what tuning learns from. */
import os from 'node:os';
import { cropTransform } from '#engine/face/alignment.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { ByteImage, DecodedPicture, LabelMap } from '#engine/image/picture.ts';
import { alignFace } from '../align-stage.ts';
import { alignPhoto, createFrameSwapper, type FrameSource, type FrameSwapperOptions } from '../create-frame-swapper.ts';
import type { FrameSwapper } from '../frame-swapper.ts';
import { openRgi, type RgiContextOptions } from './context.ts';
import {
  driveFrame,
  encodeFrame,
  type Prepare,
  type RgiSource,
  readSource,
  recolorFrame,
} from './frame-preparation.ts';
import { CROP_SIZE } from './graphs.ts';
import { SESSION_BUDGET } from './networks.ts';
import { videoProfile } from './profiles.ts';
import type { RgiFeatures } from './readiness.ts';
import { createRgiStages } from './rgi-stages.ts';

/**
 * Every frame needs every network, and opening them takes longer than running them: where memory allows, all stay open.
 */
const frameBudget = (): number => Math.max(SESSION_BUDGET, Math.min(4_500_000_000, 0.3 * os.totalmem()));

/** GPEN without the networks around it: a fraction of the time, with the same face. */
const fasterFeatures = (features: RgiFeatures): RgiFeatures => ({
  ...features,
  faceDetection: false,
  faceMask: false,
  surroundings: false,
});

/**
 * Swaps frames; a source is read once. Close the swapper: its networks hold gigabytes.
 * @throws MissingPackError naming the packs that the engine cannot do without, InputError for tuned weights that do not
 *   fit (with the first frame)
 */
export async function openRgiFrameSwapper(
  options: FrameSwapperOptions,
  context: RgiContextOptions = {},
): Promise<FrameSwapper> {
  const opened = await openRgi({ budget: frameBudget(), ...context });
  const tuned = context.tuned !== undefined;
  // Tuned networks know the driven faces as they are at full effort.
  const features = options.detail === 'fast' && !tuned ? fasterFeatures(opened.features) : opened.features;
  const stages = createRgiStages({ networks: opened.networks, features }, videoProfile(tuned));
  const swapper = createFrameSwapper(stages, options, alignPhoto(options.settings.crop));
  return {
    swap: (frame, faces, signal) => swapper.swap(frame, faces, signal),
    async [Symbol.asyncDispose]() {
      await swapper[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

/** What tuning needs of one frame; pictures of 1024 pixels, maps of 512. */
export interface TuningInput {
  readonly driven: ByteImage;
  /** The driven face in the target's colours. */
  readonly recolored: ByteImage;
  /** Regions of the driven face, and of the target. */
  readonly labels: LabelMap;
  readonly targetLabels: LabelMap;
  /** Style vectors of the driven face, [12, 1280]. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** The source of a track, read once for all frames. @throws MissingPackError, CancelledError */
export async function readFrameSource(
  prepare: Prepare,
  source: FrameSource,
  crop: boolean,
  signal?: AbortSignal,
): Promise<RgiSource> {
  return readSource(prepare, await alignPhoto(crop)(source, CROP_SIZE), signal);
}

/** The source driven by one face of a frame. @param frame upright @throws MissingPackError, CancelledError */
export async function tuningInput(
  prepare: Prepare,
  source: RgiSource,
  frame: DecodedPicture,
  tracked: TrackedFace,
  signal?: AbortSignal,
): Promise<TuningInput> {
  const aligned = await alignFace(frame, tracked.face, cropTransform(tracked.frame, CROP_SIZE));
  const target = await encodeFrame(prepare, aligned, signal);
  const driven = await driveFrame(prepare, source, target, signal);
  return {
    driven: driven.picture,
    recolored: await recolorFrame(prepare, driven, target, signal),
    labels: driven.labels.regions,
    targetLabels: target.labels.regions,
    vectors: driven.vectors,
  };
}
