/** The reference numbers of picture operations (`test/reference/image-ops.json`), and the pictures they were made from. */
import { expect } from 'vitest';
import type { ByteImage } from '#engine/image/picture.ts';
import reference from '../reference/image-ops.json' with { type: 'json' };
import { goldenUnits } from './golden-tensors.ts';

export const imageReference = reference;

/** Levels 0..255 by name, pixel-interleaved; the pictures of the reference. */
export const goldenLevels = (name: string, count: number): Uint8Array =>
  Uint8Array.from(goldenUnits(`img:${name}`, count), (u) => Math.floor(256 * u));

/** A picture in planes from interleaved samples. */
export function planarImage(
  interleaved: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
): ByteImage {
  const n = width * height;
  const data = new Uint8Array(n * channels);
  for (let i = 0; i < n; i++) for (let k = 0; k < channels; k++) data[k * n + i] = interleaved[i * channels + k]!;
  return { width, height, channels, data };
}

/** The reference's picture `name`. */
export const goldenPicture = (name: string, width: number, height: number, channels: number): ByteImage =>
  planarImage(goldenLevels(name, width * height * channels), width, height, channels);

/** The interleaved samples of a picture, or of some of its rows. */
export function interleaved({ width, height, channels, data }: ByteImage, from = 0, to = height): number[] {
  const out: number[] = [];
  for (let i = from * width; i < to * width; i++) {
    for (let k = 0; k < channels; k++) out.push(data[k * width * height + i]!);
  }
  return out;
}

/** Labels of a run-length list. */
export const runLengths = (runs: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(runs.flatMap(([value, count]) => new Array<number>(count!).fill(value!)));

/** The largest difference of two lists of the same length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** The ellipse that the mask references start from: 40 x 40, ones inside. */
export const ELLIPSE_SIDE = 40;
export const ellipse: Float32Array<ArrayBuffer> = Float32Array.from({ length: ELLIPSE_SIDE ** 2 }, (_, i) => {
  const [x, y] = [i % ELLIPSE_SIDE, Math.floor(i / ELLIPSE_SIDE)];
  return ((x - 18) / 11) ** 2 + ((y - 20) / 13) ** 2 <= 1 ? 1 : 0;
});
