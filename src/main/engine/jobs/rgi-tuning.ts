/** What tuning a clip needs of the rgi engine: faces prepared by its networks, and those of the losses. */
import { findHome } from '#engine/files/home.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage, DecodedPicture } from '#engine/image/picture.ts';
import type { FrameSource } from '#engine/pipeline/create-frame-swapper.ts';
import { openRgi } from '#engine/pipeline/rgi/context.ts';
import type { RgiSource } from '#engine/pipeline/rgi/frame-preparation.ts';
import { readFrameSource, tuningInput } from '#engine/pipeline/rgi/frame-swapper.ts';
import { CROP_SIZE } from '#engine/pipeline/rgi/graphs.ts';
import { keyFrameCount } from '#engine/tuning/key-frames.ts';
import { TunedStore } from '#engine/tuning/tuned-store.ts';
import { type TuningJobOptions, tuneClip } from '#engine/tuning/tuning-job.ts';
import { openGeneratorWeights, openTuningNetworks } from '#engine/tuning/tuning-networks.ts';
import type { DeviceId } from '#shared/settings.ts';
import type { JobTuning } from './video-engine.ts';

/** How much a tuning works; what is left out is as usual. Tests make do with less. */
export interface TuningEffort extends Pick<TuningJobOptions, 'saveEvery' | 'previewEvery' | 'likeEnough'> {
  /** Side of the pictures that are tuned on; the generator's layers above it are left out. Default 1024. */
  readonly size?: number | undefined;
}

export interface RgiTuningOptions {
  /** By track. */
  readonly sources: ReadonlyMap<number, FrameSource>;
  readonly crop: boolean;
  /** False where weights are only loaded: the networks of the losses are not needed then. */
  readonly learns: boolean;
  readonly device: DeviceId;
  readonly threads?: number | undefined;
  readonly effort?: TuningEffort | undefined;
}

/** A prepared face, the features of a key frame at both scales, two checkpoints at once, and the tuned weights. */
const FACE_BYTES = 6.7e6;
const FEATURE_BYTES = 2.33e8;
const CHECKPOINT_BYTES = 2 * 9.3e8;
const TUNED_BYTES = 3.1e8;

/** @throws MissingPackError naming what is missing, before any work */
export async function openRgiTuning(options: RgiTuningOptions): Promise<JobTuning> {
  const { sources, crop, learns, device, threads, effort: { size = CROP_SIZE, ...effort } = {} } = options;
  const { packs, tuned } = findHome();
  const networks = await (learns ? openTuningNetworks(packs) : openGeneratorWeights(packs));
  let rgi: Awaited<ReturnType<typeof openRgi>> | undefined;
  const known = new Map<FrameSource, RgiSource>();
  const close = async (): Promise<void> => {
    const opened = rgi;
    rgi = undefined;
    await opened?.[Symbol.asyncDispose]();
  };
  return {
    bytes: (faces) =>
      (learns ? faces * FACE_BYTES + keyFrameCount(faces) * FEATURE_BYTES + CHECKPOINT_BYTES : 0) + TUNED_BYTES,
    async prepare({ width, height, pixels }, face, signal) {
      rgi ??= await openRgi({ device, threads });
      const from = sources.get(face.track);
      if (from === undefined) throw new RangeError(`track ${face.track} has no source`);
      const source = known.get(from) ?? (await readFrameSource(rgi, from, crop, signal));
      known.set(from, source);
      const frame: DecodedPicture = { width, height, channels: 3, bitDepth: 8, pixels, format: 'frame', notices: [] };
      const { driven, recolored, labels, vectors } = await tuningInput(rgi, source, frame, face, signal);
      return { driven: reduced(driven, size), recolored: reduced(recolored, size), labels: labels.labels, vectors };
    },
    async tune({ settings: { resumeId, ...settings }, ...job }) {
      // The networks that prepare frames take the memory that tuning needs.
      await close();
      const resume = resumeId === null ? undefined : new TunedStore(tuned).fileOf(resumeId);
      return await tuneClip({ ...effort, ...job, networks, device, size, settings: { ...settings, resume } });
    },
    [Symbol.asyncDispose]: close,
  };
}

const reduced = (picture: ByteImage, side: number): ByteImage =>
  picture.width === side ? picture : resizePil(picture, side, side, 'bicubic');
