/** Refines the style vectors of open photos, one face at a time, and puts the best ones to use. */
import { CancelledError, StorageError, UsageError } from '#engine/errors.ts';
import { encodeImagePreview } from '#engine/image/encode.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import type { EncodedPicture, PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { asEncodedPhoto } from '#engine/tuning/encode-photo.ts';
import type { RefinedPhoto, RefineOptions } from '#engine/tuning/refine-photo.ts';
import type { RefineEvent, RefinePair, RefineRequest, RefineSide } from '#shared/contract-refine.ts';

/** The work itself: `refinePhoto` with the imported networks. Tests bring their own. */
export type RefineFace = (options: Pick<RefineOptions, 'photo' | 'steps' | 'wish' | 'onStep'>) => Promise<RefinedPhoto>;

export interface PhotoRefiner {
  /** @throws CancelledError, MissingPackError, UsageError when one is being refined; then no vectors change */
  run(request: RefineRequest, emit: (event: RefineEvent) => void, signal: AbortSignal): Promise<void>;
  /** Ends the refinement in progress with the best so far. @returns whether there is one */
  finish(): boolean;
  /** @throws UsageError before the first picture */
  preview(maxSide: number): Promise<EncodedPicture>;
}

/** @param open finds the networks, before anything is computed @throws MissingPackError */
export function createPhotoRefiner(
  studio: Pick<PhotoStudio, 'encodePair' | 'setVectors'>,
  open: () => Promise<RefineFace>,
): PhotoRefiner {
  let busy = false;
  let finishing = false;
  let shown: RgbImage | undefined;

  async function work(
    { side, steps, ...pair }: RefineRequest,
    emit: (event: RefineEvent) => void,
    signal: AbortSignal,
  ) {
    const refine = await open();
    const encoded = await studio.encodePair(pair, { signal });
    const photo = asEncodedPhoto(side === 'target' ? encoded.target : encoded.driven);
    const result = await refine({
      photo,
      steps,
      wish: () => (signal.aborted ? 'cancel' : finishing ? 'finish' : undefined),
      onStep: ({ step, total, losses, best, reconstruction }) => {
        if (best) shown = pictureOf(reconstruction);
        emit({ type: 'step', step, total, loss: losses['loss'] as number, best });
      },
    });
    if (signal.aborted) throw new CancelledError();
    shown = pictureOf(result.reconstruction);
    const { before, after } = result;
    const unsaved = await keep(pair, side, Float32Array.from(result.vectors.data as Float32Array));
    emit({ type: 'done', before, after, ...(unsaved === undefined ? {} : { unsaved }) });
  }

  /** @returns why the vectors could not be kept beyond this session; they are in use either way */
  async function keep(pair: RefinePair, side: RefineSide, vectors: Float32Array<ArrayBuffer>) {
    try {
      await studio.setVectors(pair, side, vectors);
      return undefined;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      return [error.message, error.action].filter(Boolean).join(' ');
    }
  }

  return {
    async run(request, emit, signal) {
      if (busy) throw new UsageError('A face is being refined already.');
      busy = true;
      finishing = false;
      try {
        await work(request, emit, signal);
      } finally {
        busy = false;
      }
    },
    finish() {
      finishing = busy;
      return busy;
    },
    async preview(maxSide) {
      if (!shown) throw new UsageError('Nothing was refined yet.');
      const { bytes, mime, width, height } = await encodeImagePreview(shown, { maxSide });
      return { bytes, mime, width, height };
    },
  };
}

/** @param tensor `[1,3,height,width]`, about [-1, 1] */
function pictureOf({ dims, data }: TensorData): RgbImage {
  const [, , height, width] = dims as readonly [number, number, number, number];
  return { width, height, data: Float32Array.from(data as Float32Array, (value) => (value + 1) / 2) };
}
