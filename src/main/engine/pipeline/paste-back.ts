/**
 * Pastes the change of a crop into the picture, at the picture's own resolution, colour space and bit depth. Only the
 * difference is pasted, so detail that the crop could not hold stays, and pixels that did not change are not written.
 */
import { type Affine, affineScale, composeAffine, invertAffine } from '#engine/image/affine.ts';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { convertProfile, sameProfile } from '#engine/image/profile.ts';
import { halfRgb } from '#engine/image/resize.ts';
import { type Rect, toRgbImage, writeRegion } from '#engine/image/working.ts';
import type { AlignedFace } from './aligned-face.ts';
import { type CropChange, cropChange, NOTHING, VALUES } from './crop-change.ts';

export interface Pasted {
  readonly picture: DecodedPicture;
  /** Bounding box of the pixels that may differ; width and height 0 when nothing changed. */
  readonly touched: Rect;
}

/** The picture's pixels whose centres the box may reach through bilinear sampling. */
function boxInPicture(box: Rect, toPhoto: Affine, picture: DecodedPicture): Rect | undefined {
  const [x0, y0, x1, y1] = [box.x - 1, box.y - 1, box.x + box.width + 1, box.y + box.height + 1];
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ] as const;
  const xs = corners.map(([x, y]) => toPhoto[0] * x + toPhoto[1] * y + toPhoto[2]);
  const ys = corners.map(([x, y]) => toPhoto[3] * x + toPhoto[4] * y + toPhoto[5]);
  const left = Math.max(0, Math.floor(Math.min(...xs)));
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const right = Math.min(picture.width, Math.ceil(Math.max(...xs)));
  const bottom = Math.min(picture.height, Math.ceil(Math.max(...ys)));
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

const UNTOUCHED: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** Pixels that are held as floats at a time: a face may fill a very large picture. */
const BAND_PIXELS = 2 ** 21;

/** How many pixels of the crop bilinear reading may skip from one pixel of the picture to the next. */
const MAX_REDUCTION = 1.5;

/** The crop before and after, halved until it is about as fine as the picture: reading finer pixels would alias. */
function atPictureScale({ crop, toPhoto }: AlignedFace, changed: RgbImage) {
  let scaled = { before: crop, after: changed, toPhoto };
  while (affineScale(scaled.toPhoto) * MAX_REDUCTION < 1 && scaled.before.width % 2 === 0) {
    const { before, after, toPhoto: map } = scaled;
    scaled = { before: halfRgb(before), after: halfRgb(after), toPhoto: composeAffine(map, [2, 0, 0, 0, 2, 0]) };
  }
  return scaled;
}

/** Pastes the difference between `changed` and the aligned crop into a copy of the picture. */
export async function pasteBack(picture: DecodedPicture, aligned: AlignedFace, changed: RgbImage): Promise<Pasted> {
  if (changed === aligned.crop) return { picture, touched: UNTOUCHED };
  const { before, after, toPhoto } = atPictureScale(aligned, changed);
  const change = cropChange(before, after, toPhoto);
  const rect = change && boxInPicture(change.box, toPhoto, picture);
  if (!change || !rect) return { picture, touched: UNTOUCHED };
  const pasted: DecodedPicture = { ...picture, pixels: picture.pixels.slice() };
  const toCrop = invertAffine(toPhoto);
  const { channels, bitDepth, icc, pixels, width } = pasted;
  if (channels >= 3 && bitDepth === 8 && sameProfile(icc, undefined)) {
    // The samples are what the stages work on: no detour through floats.
    const first = (rect.y * width + rect.x) * channels;
    addChange(
      { data: pixels, first, row: width * channels, pixel: channels, plane: 1, top: 255 },
      rect,
      change,
      toCrop,
    );
    return { picture: pasted, touched: rect };
  }
  const rows = Math.max(1, Math.floor(BAND_PIXELS / rect.width));
  for (let y = 0; y < rect.height; y += rows) {
    const band = { ...rect, y: rect.y + y, height: Math.min(rows, rect.height - y) };
    writeRegion(pasted, band, await pasteBand(picture, band, change, toCrop));
  }
  return { picture: pasted, touched: rect };
}

/** The band as it looks with the change. */
async function pasteBand(picture: DecodedPicture, band: Rect, change: CropChange, toCrop: Affine): Promise<RgbImage> {
  const own = toRgbImage(picture, band);
  const before = await convertProfile(own, picture.icc, undefined);
  const converted = before !== own;
  const n = band.width * band.height;
  const changed = converted ? new Uint8Array(n) : undefined;
  const samples = { data: before.data, first: 0, row: band.width, pixel: 1, plane: n, top: 1, changed };
  addChange(samples, band, change, toCrop);
  const back = await convertProfile(before, undefined, picture.icc);
  if (changed) {
    // A round trip through a profile rounds: pixels that did not change must not take part in it.
    for (let i = 0; i < n; i++) if (changed[i] === 0) for (let o = i; o < 3 * n; o += n) back.data[o] = own.data[o]!;
  }
  return back;
}

/** The samples of a rectangle of a picture, and how they lie in memory. */
interface Samples {
  /** Values 0 to `top`; whole numbers are rounded and clipped. */
  readonly data: Float32Array | Uint8Array | Uint16Array;
  readonly top: number;
  /** Place of the rectangle's first sample, and the steps from row to row, pixel to pixel, colour to colour. */
  readonly first: number;
  readonly row: number;
  readonly pixel: number;
  readonly plane: number;
  /** Receives 1 for each pixel of the rectangle that changes. */
  readonly changed?: Uint8Array | undefined;
}

/** The whole numbers x from `from` on and below `to` with low <= start + step x <= high. */
function spanOf(start: number, step: number, low: number, high: number, from: number, to: number): [number, number] {
  if (Math.abs(step) < 1e-12) return start >= low && start <= high ? [from, to] : [from, from];
  const ends = [(low - start) / step, (high - start) / step];
  const first = Math.max(from, Math.ceil(Math.min(...ends)));
  return [first, Math.max(first, Math.min(to, Math.floor(Math.max(...ends)) + 1))];
}

/** Adds the change to the samples of the rectangle. */
function addChange(samples: Samples, rect: Rect, change: CropChange, toCrop: Affine): void {
  const { data, top, plane, changed } = samples;
  const { area, values, losesDetail, size } = change;
  const whole = !(data instanceof Float32Array);
  const [a, b, c, d, e, f] = toCrop;
  // Within the crop, and within what bilinear reading finds in the area.
  const low = [Math.max(-0.5, area.x), Math.max(-0.5, area.y)] as const;
  const high = [
    Math.min(size - 0.5, area.x + area.width - 1.001),
    Math.min(size - 0.5, area.y + area.height - 1.001),
  ] as const;
  const down = area.width * VALUES;
  for (let y = 0; y < rect.height; y++) {
    const py = y + rect.y + 0.5;
    const u0 = a * (rect.x + 0.5) + b * py + c - 0.5;
    const v0 = d * (rect.x + 0.5) + e * py + f - 0.5;
    const across = spanOf(u0, a, low[0], high[0], 0, rect.width);
    const [from, to] = spanOf(v0, d, low[1], high[1], ...across);
    for (let x = from; x < to; x++) {
      const u = u0 + a * x - area.x;
      const v = v0 + d * x - area.y;
      const ix = u | 0;
      const iy = v | 0;
      const fx = u - ix;
      const fy = v - iy;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      const p = iy * down + ix * VALUES;
      const q = p + down;
      const red = w00 * values[p]! + w10 * values[p + VALUES]! + w01 * values[q]! + w11 * values[q + VALUES]!;
      const green =
        w00 * values[p + 1]! + w10 * values[p + VALUES + 1]! + w01 * values[q + 1]! + w11 * values[q + VALUES + 1]!;
      const blue =
        w00 * values[p + 2]! + w10 * values[p + VALUES + 2]! + w01 * values[q + 2]! + w11 * values[q + VALUES + 2]!;
      const share = losesDetail
        ? w00 * values[p + 3]! + w10 * values[p + VALUES + 3]! + w01 * values[q + 3]! + w11 * values[q + VALUES + 3]!
        : 0;
      const still =
        red < NOTHING && red > -NOTHING && green < NOTHING && green > -NOTHING && blue < NOTHING && blue > -NOTHING;
      if (still && !(share > 0)) continue;
      if (changed) changed[y * rect.width + x] = 1;
      let o = samples.first + y * samples.row + x * samples.pixel;
      for (let k = 0; k < 3; k++, o += plane) {
        const difference = k === 0 ? red : k === 1 ? green : blue;
        const own = data[o]!;
        let value = own + top * difference;
        if (share > 0) {
          const i = p + 4 + k;
          const j = q + 4 + k;
          const before = w00 * values[i]! + w10 * values[i + VALUES]! + w01 * values[j]! + w11 * values[j + VALUES]!;
          value -= share * (own - top * before);
        }
        if (whole) value = value <= 0 ? 0 : value >= top ? top : Math.floor(value + 0.5);
        data[o] = value;
      }
    }
  }
}
