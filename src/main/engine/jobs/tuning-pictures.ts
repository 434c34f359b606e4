/** The pictures that show how far a tuning is: the reconstruction of one frame beside what it is to become like. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { encodeImagePreview, encodePreview } from '#engine/image/encode.ts';
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { TUNING_PICTURES, type TuningPicture } from '#shared/contract-tuning.ts';
import { readJson, writeJson } from './json-file.ts';

const shownSchema = z.strictObject({ frame: z.int().min(0), update: z.int().min(0) });
/** Of which frame of the clip, after which update. */
export type ShownFrame = z.infer<typeof shownSchema>;

const FOLDER = 'pictures';

export class TuningPictures {
  readonly #folder: string;

  /** @param folder of one tuning */
  constructor(folder: string) {
    this.#folder = path.join(folder, FOLDER);
  }

  /** What there is to see; undefined before the first picture. @throws InputError when that is damaged */
  shown(): Promise<ShownFrame | undefined> {
    return readJson(path.join(this.#folder, 'shown.json'), shownSchema);
  }

  /** @param pictures `[1,3,size,size]`, about [-1, 1] @throws StorageError */
  async write(shown: ShownFrame, pictures: Readonly<Record<TuningPicture, TensorData>>): Promise<void> {
    for (const which of TUNING_PICTURES) {
      const image = toRgbImage(pictures[which]);
      const { bytes } = await encodeImagePreview(image, { maxSide: image.width, format: 'png' });
      await writeFileAtomic(this.#file(which), bytes, { makeFolder: true });
    }
    await writeJson(path.join(this.#folder, 'shown.json'), shown);
  }

  /** @throws UsageError before the first picture */
  async read(which: TuningPicture, maxSide: number): Promise<EncodedPicture> {
    if ((await this.shown()) === undefined) throw new UsageError('There is no picture of this tuning yet.');
    const picture = await decodePicture(this.#file(which), `${which}.png`);
    const { bytes, mime, width, height } = await encodePreview(picture, { maxSide });
    return { bytes, mime, width, height };
  }

  clear(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  #file(which: TuningPicture): string {
    return path.join(this.#folder, `${which}.png`);
  }
}

function toRgbImage({ dims, data }: TensorData) {
  const [, , height, width] = dims as readonly [number, number, number, number];
  return { width, height, data: Float32Array.from(data as Float32Array, (value) => (value + 1) / 2) };
}
