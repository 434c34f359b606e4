/**
 * Pastes the change of a crop into the picture, at the picture's own resolution, colour space and bit depth. Only the
 * difference is pasted, so detail that the crop could not hold stays, and pixels that did not change are not written.
 */
import { type Affine, affineScale, composeAffine, invertAffine } from '#engine/image/affine.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { convertProfile, sameProfile } from '#engine/image/profile.ts';
import { halfRgb } from '#engine/image/resize.ts';
import { type Rect, toRgbImage, writeRegion } from '#engine/image/working.ts';
import type { AlignedFace } from './aligned-face.ts';
import { type CropChange, cropChange, NOTHING } from './crop-change.ts';

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
    addToBytes(pixels as Uint8Array, width, channels, rect, change, toCrop);
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
  addToPlanes(before.data, band, change, toCrop, changed);
  const back = await convertProfile(before, undefined, picture.icc);
  if (changed) {
    // A round trip through a profile rounds: pixels that did not change must not take part in it.
    for (let i = 0; i < n; i++) if (changed[i] === 0) for (let o = i; o < 3 * n; o += n) back.data[o] = own.data[o]!;
  }
  return back;
}

/** The whole numbers x from `from` on and below `to` with low <= start + step x <= high. */
function spanOf(start: number, step: number, low: number, high: number, from: number, to: number): [number, number] {
  if (Math.abs(step) < 1e-12) return start >= low && start <= high ? [from, to] : [from, from];
  const ends = [(low - start) / step, (high - start) / step];
  const first = Math.max(from, Math.ceil(Math.min(...ends)));
  return [first, Math.max(first, Math.min(to, Math.floor(Math.max(...ends)) + 1))];
}

/** Pixels of a row that the change reaches: where they begin and how many, and where in the area the first is read. */
interface RowOfChange {
  readonly y: number;
  readonly from: number;
  readonly count: number;
  readonly u: number;
  readonly v: number;
}

/** The rows of the rectangle that the change reaches, within the crop and what bilinear reading finds in the area. */
function* changedRows(rect: Rect, { area, size }: CropChange, [a, b, c, d, e, f]: Affine): Generator<RowOfChange> {
  const low = [Math.max(-0.5, area.x), Math.max(-0.5, area.y)] as const;
  const high = [
    Math.min(size - 0.5, area.x + area.width - 1.001),
    Math.min(size - 0.5, area.y + area.height - 1.001),
  ] as const;
  for (let y = 0; y < rect.height; y++) {
    const py = y + rect.y + 0.5;
    const u = a * (rect.x + 0.5) + b * py + c - 0.5;
    const v = d * (rect.x + 0.5) + e * py + f - 0.5;
    const across = spanOf(u, a, low[0], high[0], 0, rect.width);
    const [from, to] = spanOf(v, d, low[1], high[1], ...across);
    if (to > from) yield { y, from, count: to - from, u: u + a * from - area.x, v: v + d * from - area.y };
  }
}

/** Adds the change to the rectangle of a picture of interleaved bytes. */
function addToBytes(
  pixels: Uint8Array,
  width: number,
  channels: number,
  rect: Rect,
  change: CropChange,
  toCrop: Affine,
): void {
  withKernels({ read: [change.values], room: rect.width * channels }, (kernels, [values], room, memory) => {
    for (const { y, from, count, u, v } of changedRows(rect, change, toCrop)) {
      const first = ((rect.y + y) * width + rect.x + from) * channels;
      const row = new Uint8Array(memory, room, count * channels);
      row.set(pixels.subarray(first, first + row.length));
      const places = [u, v, toCrop[0], toCrop[3]] as const;
      kernels.addRowBytes(room, channels, values!, change.area.width, ...places, count, NOTHING);
      pixels.set(row, first);
    }
  });
}

/** Adds the change to three planes of the rectangle. @param changed receives 1 for each pixel that changes */
function addToPlanes(
  planes: Float32Array,
  rect: Rect,
  change: CropChange,
  toCrop: Affine,
  changed: Uint8Array | undefined,
): void {
  const n = rect.width * rect.height;
  const lent = { read: [change.values], change: [planes], room: rect.width };
  withKernels(lent, (kernels, [values, data], room, memory) => {
    const marks = new Uint8Array(memory, room, rect.width);
    for (const { y, from, count, u, v } of changedRows(rect, change, toCrop)) {
      marks.fill(0);
      const first = y * rect.width + from;
      const places = [u, v, toCrop[0], toCrop[3]] as const;
      kernels.addRowPlanes(data! + 4 * first, 4 * n, values!, change.area.width, ...places, count, NOTHING, room);
      changed?.set(marks.subarray(0, count), first);
    }
  });
}
