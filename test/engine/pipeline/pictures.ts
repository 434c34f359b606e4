/** Pictures for tests of the pipeline, made from the rendered sample portraits. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { DecodedPicture } from '#engine/image/picture.ts';

const SAMPLES = path.resolve(import.meta.dirname, '../../../models/samples');

/** A folder of its own that disposes of itself. */
export async function scratchFolder(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-pipeline-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes a sample portrait at `width` pixels, changed by `edit`, as a file. */
export async function writeSample(
  folder: string,
  sample: string,
  name: string,
  width = 512,
  edit: (image: Sharp) => Sharp = (image) => image,
): Promise<{ path: string; name: string }> {
  const file = path.join(folder, name);
  await edit(sharp(path.join(SAMPLES, `${sample}.webp`)).resize({ width })).toFile(file);
  return { path: file, name };
}

/** A sample portrait at `width` pixels, as a decoded picture: 8 bits, RGB. */
export async function samplePicture(
  sample: string,
  width: number,
): Promise<DecodedPicture & { readonly pixels: Uint8Array<ArrayBuffer> }> {
  const { data, info } = await sharp(path.join(SAMPLES, `${sample}.webp`))
    .resize({ width })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array(data);
  return { width, height: info.height, channels: 3, bitDepth: 8, pixels, format: 'raw', notices: [] };
}

export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** The samples of an encoded picture as they are in the file. */
export async function samplesOf(source: Uint8Array | string): Promise<Samples> {
  const image = sharp(source);
  const { depth, channels } = await image.metadata();
  const sixteen = depth === 'ushort';
  // Without being told, raw output turns grey into three channels.
  const { data, info } = await (channels < 3 ? image.toColourspace('b-w') : image)
    .raw(sixteen ? { depth: 'ushort' } : {})
    .toBuffer({ resolveWithObject: true });
  const samples = sixteen ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  return { width: info.width, height: info.height, channels: info.channels, data: samples };
}

/** Peak signal-to-noise ratio where a mask is above one half (8-bit scale, dB). */
export function compareWhere(a: Samples, b: Samples, mask: Float32Array): number {
  let square = 0;
  let count = 0;
  for (let i = 0, o = 0; i < mask.length; i++) {
    for (let c = 0; c < a.channels; c++, o++) {
      if (mask[i]! <= 0.5) continue;
      square += (a.data[o]! - b.data[o]!) ** 2;
      count++;
    }
  }
  return square === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / (square / count));
}

/** How many pixels differ outside a box, and the peak signal-to-noise ratio inside it (8-bit scale, dB). */
export function compare(a: Samples, b: Samples, box: readonly [number, number, number, number]) {
  let differentOutside = 0;
  let square = 0;
  let count = 0;
  for (let y = 0, i = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const inside = x >= box[0] && y >= box[1] && x < box[0] + box[2] && y < box[1] + box[3];
      let different = false;
      for (let c = 0; c < a.channels; c++, i++) {
        const d = a.data[i]! - b.data[i]!;
        if (d !== 0) different = true;
        if (inside) {
          square += d * d;
          count++;
        }
      }
      if (different && !inside) differentOutside++;
    }
  }
  return {
    differentOutside,
    psnr: square === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * count) / square),
  };
}
