/** Between working images and 8-bit ones. */
import type { ByteImage, RgbImage } from '../picture.ts';

/** How a fraction becomes a level of grey. */
export type Rounding = 'round' | 'truncate';

/** Levels 0..255 of real levels; what lies outside is clipped. */
export function toLevels(values: Float32Array | Float64Array, rounding: Rounding): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(values.length);
  const half = rounding === 'round' ? 0.5 : 0;
  for (let i = 0; i < out.length; i++) {
    const v = values[i]! + half;
    out[i] = v <= 0 ? 0 : v >= 255 ? 255 : v;
  }
  return out;
}

/** The working image in levels. */
export function toByteImage({ width, height, data }: RgbImage): ByteImage {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const v = data[i]! * 255 + 0.5;
    out[i] = v <= 0 ? 0 : v >= 255 ? 255 : v;
  }
  return { width, height, channels: 3, data: out };
}

/** The RGB picture as a working image. */
export function fromByteImage({ width, height, data }: ByteImage): RgbImage {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i]! / 255;
  return { width, height, data: out };
}

/** Channel `k` of the picture; shares its memory. */
export function byteChannel({ width, height, data }: ByteImage, k: number): Uint8Array<ArrayBuffer> {
  return data.subarray(k * width * height, (k + 1) * width * height);
}

/** A picture whose channels are made from the channels of another one. */
export function mapChannels(
  image: ByteImage,
  width: number,
  height: number,
  map: (channel: Uint8Array<ArrayBuffer>) => Uint8Array,
): ByteImage {
  const data = new Uint8Array(width * height * image.channels);
  for (let k = 0; k < image.channels; k++) data.set(map(byteChannel(image, k)), k * width * height);
  return { width, height, channels: image.channels, data };
}
