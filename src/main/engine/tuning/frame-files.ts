/**
 * The prepared frames of a tuning as files: driven and recoloured face with 8 bits, labels, style vectors. They are made
 * once and read again and again.
 */
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { LABEL_SIZE } from './pti-step.ts';
import type { TuningFrame, TuningFrames } from './tuning-frames.ts';

export interface PreparedFrame {
  readonly driven: ByteImage;
  readonly recolored: ByteImage;
  /** 512² regions of the driven face. */
  readonly labels: Uint8Array;
  /** Style vectors of the driven face, `12 · 1280` numbers. */
  readonly vectors: Float32Array;
}

export class FrameFiles implements TuningFrames {
  readonly count: number;
  readonly #folder: string;

  /** @param count of frames; they are numbered without gaps */
  constructor(folder: string, count: number) {
    this.#folder = folder;
    this.count = count;
  }

  #file(index: number): string {
    return path.join(this.#folder, `${String(index).padStart(6, '0')}.safetensors`);
  }

  /** Whether a frame was written whole. */
  async has(index: number): Promise<boolean> {
    const opened = await openSafetensors(this.#file(index)).catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
    return opened !== undefined;
  }

  /** @throws StorageError */
  async write(index: number, { driven, recolored, labels, vectors }: PreparedFrame): Promise<void> {
    const picture = (name: string, { width, height, channels, data }: ByteImage) => ({
      name,
      dtype: 'U8' as const,
      shape: [channels, height, width],
      data,
    });
    await writeSafetensors(this.#file(index), [
      picture('driven', driven),
      picture('recolored', recolored),
      { name: 'labels', dtype: 'U8', shape: [LABEL_SIZE, LABEL_SIZE], data: labels },
      {
        name: 'vectors',
        dtype: 'F32',
        shape: [REGION_COUNT, STYLE_VECTOR_SIZE],
        data: new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength),
      },
    ]);
  }

  /** @throws InputError when the file is gone or damaged */
  async read(index: number): Promise<TuningFrame> {
    const file = this.#file(index);
    await using opened = await openSafetensors(file);
    const bytesOf = async (name: string): Promise<{ bytes: Uint8Array; shape: readonly number[] }> => {
      const stored = opened.tensors.get(name);
      if (stored === undefined) throw new InputError(`This prepared frame has no "${name}".`, { file });
      return { bytes: await opened.read(name), shape: stored.shape };
    };
    const [driven, recolored] = [await bytesOf('driven'), await bytesOf('recolored')];
    const { bytes: vectors } = await bytesOf('vectors');
    return {
      driven: signed(driven.bytes, driven.shape),
      recolored: signed(recolored.bytes, recolored.shape),
      labels: (await bytesOf('labels')).bytes,
      vectors: { dims: [1, REGION_COUNT, STYLE_VECTOR_SIZE], data: new Float32Array(vectors.buffer) },
    };
  }
}

/** `x / 127.5 - 1`. @param bytes planes @param shape `[3,height,width]` */
const signed = (bytes: Uint8Array, shape: readonly number[]): TensorData => ({
  dims: [1, ...shape],
  data: Float32Array.from(bytes, (value) => value / 127.5 - 1),
});

/** A picture of planes as the losses see it, `[1,3,height,width]` in [-1, 1]. */
export const signedPicture = ({ width, height, channels, data }: ByteImage): TensorData =>
  signed(data, [channels, height, width]);
