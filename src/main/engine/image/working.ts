/** Between a file's own samples and the float images that the stages work on. */
import { withKernels } from './kernels/kernels.ts';
import type { DecodedPicture, RgbImage } from './picture.ts';
import { rawPlane } from './planes.ts';

/** A rectangle of whole pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const wholePicture = (picture: { width: number; height: number }): Rect => ({
  x: 0,
  y: 0,
  width: picture.width,
  height: picture.height,
});

export const isGrey = (picture: DecodedPicture): boolean => picture.channels < 3;

function requireInside(picture: DecodedPicture, rect: Rect): void {
  const { x, y, width, height } = rect;
  const whole = [x, y, width, height].every(Number.isInteger);
  if (!whole || x < 0 || y < 0 || width < 1 || height < 1 || x + width > picture.width || y + height > picture.height) {
    throw new RangeError(`rectangle ${x},${y} ${width}x${height} is not inside ${picture.width}x${picture.height}`);
  }
}

/**
 * The colours of a rectangle as planar RGB in [0, 1], in the picture's own colour space; grey fills all three planes,
 * alpha is left out. Exact: `replaceRegion` with the same values gives the same samples back.
 * @throws RangeError for a rectangle that is not inside
 */
export function toRgbImage(picture: DecodedPicture, rect: Rect = wholePicture(picture)): RgbImage {
  requireInside(picture, rect);
  const { pixels, channels } = picture;
  const size = rect.width * rect.height;
  const data = rawPlane(size * 3);
  if (pixels instanceof Uint8Array) {
    unpackBytes(pixels, picture.width, channels, rect, data);
    return { width: rect.width, height: rect.height, data };
  }
  const [red, green, blue] = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  let to = 0;
  for (let y = 0; y < rect.height; y++) {
    let from = ((rect.y + y) * picture.width + rect.x) * channels;
    for (let x = 0; x < rect.width; x++, from += channels, to++) {
      data[to] = pixels[from + red]! / 65535;
      data[to + size] = pixels[from + green]! / 65535;
      data[to + 2 * size] = pixels[from + blue]! / 65535;
    }
  }
  return { width: rect.width, height: rect.height, data };
}

/** The colours of a rectangle of interleaved bytes as planes, row by row: pictures may be very large. */
function unpackBytes(
  pixels: Uint8Array,
  width: number,
  channels: number,
  rect: Rect,
  data: Float32Array<ArrayBuffer>,
): void {
  const samples = rect.width * channels;
  const floats = Math.ceil(samples / 4) * 4;
  const [red, green, blue] = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  const size = rect.width * rect.height;
  withKernels({ room: floats + 12 * rect.width }, (kernels, _places, room, memory) => {
    const bytes = new Uint8Array(memory, room, samples);
    const rows = new Float32Array(memory, room + floats, 3 * rect.width);
    for (let y = 0; y < rect.height; y++) {
      const from = ((rect.y + y) * width + rect.x) * channels;
      bytes.set(pixels.subarray(from, from + samples));
      kernels.unpackBytes(room, channels, red, green, blue, rect.width, room + floats, rect.width);
      for (let k = 0; k < 3; k++) {
        data.set(rows.subarray(k * rect.width, (k + 1) * rect.width), k * size + y * rect.width);
      }
    }
  });
}

/**
 * A copy of the picture whose rectangle shows `image`; see `writeRegion`.
 * @throws RangeError for a rectangle that is not inside or has another size than the image
 */
export function replaceRegion(picture: DecodedPicture, rect: Rect, image: RgbImage): DecodedPicture {
  const copy = { ...picture, pixels: picture.pixels.slice() };
  writeRegion(copy, rect, image);
  return copy;
}

/**
 * Writes `image` (same size, [0, 1], clipped and rounded to the bit depth) into the rectangle of a picture whose pixels
 * nobody else holds. Alpha and everything outside stay. A grey picture takes the Rec. 601 luma of the image.
 * @throws RangeError for a rectangle that is not inside or has another size than the image
 */
export function writeRegion(picture: DecodedPicture, rect: Rect, image: RgbImage): void {
  requireInside(picture, rect);
  if (image.width !== rect.width || image.height !== rect.height) {
    throw new RangeError(`image ${image.width}x${image.height} does not fill ${rect.width}x${rect.height}`);
  }
  const { channels, pixels } = picture;
  const size = rect.width * rect.height;
  const top = picture.bitDepth === 16 ? 65535 : 255;
  const quantise = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * top);
  let from = 0;
  for (let y = 0; y < rect.height; y++) {
    let to = ((rect.y + y) * picture.width + rect.x) * channels;
    for (let x = 0; x < rect.width; x++, to += channels, from++) {
      const red = image.data[from] as number;
      const green = image.data[from + size] as number;
      const blue = image.data[from + 2 * size] as number;
      if (channels < 3) {
        // Equal planes must come back exactly; the weighted sum of equals is off by a rounding error.
        pixels[to] = quantise(red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue);
      } else {
        pixels[to] = quantise(red);
        pixels[to + 1] = quantise(green);
        pixels[to + 2] = quantise(blue);
      }
    }
  }
}

/** 16-bit samples as 8-bit ones, rounded to the nearest (65535 = 255 x 257). */
export function toEightBit(pixels: DecodedPicture['pixels']): Uint8Array<ArrayBuffer> {
  if (pixels instanceof Uint8Array) return pixels;
  const out = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) out[i] = Math.round((pixels[i] as number) / 257);
  return out;
}
