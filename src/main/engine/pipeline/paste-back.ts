/**
 * Pastes the change of a crop into the picture, at the picture's own resolution, colour space and bit depth. Only the
 * difference is pasted, so detail that the crop could not hold stays, and pixels that did not change are not written.
 */
import { type Affine, affineScale, invertAffine } from '#engine/image/affine.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { smoothstep } from '#engine/image/math.ts';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { convertProfile } from '#engine/image/profile.ts';
import { type Rect, toRgbImage, writeRegion } from '#engine/image/working.ts';
import type { AlignedFace } from './aligned-face.ts';

export interface Pasted {
  readonly picture: DecodedPicture;
  /** Bounding box of the pixels that may differ; width and height 0 when nothing changed. */
  readonly touched: Rect;
}

/** Changes below this are rounding errors of the stages, not changes. */
const NOTHING = 2e-4;
/** Mean change of a neighbourhood from which on the picture's own finest detail gives way to the new face. */
const DETAIL_GOES = { from: 0.01, to: 0.05 } as const;
const NEIGHBOURHOOD = 6;

interface CropChange {
  readonly before: RgbImage;
  readonly after: RgbImage;
  /** How far the picture's own finest detail must go; absent where the crop held all of it. */
  readonly gone: Float32Array | undefined;
  readonly box: Rect;
}

/** The change of the crop; undefined when nothing changed. */
function cropChange(before: RgbImage, after: RgbImage, losesDetail: boolean): CropChange | undefined {
  const { width, height } = before;
  const n = width * height;
  const strength = new Float32Array(losesDetail ? n : 0);
  const [b, a] = [before.data, after.data];
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const red = a[i]! - b[i]!;
      const green = a[n + i]! - b[n + i]!;
      const blue = a[2 * n + i]! - b[2 * n + i]!;
      const largest = Math.max(Math.abs(red), Math.abs(green), Math.abs(blue));
      if (largest < NOTHING) continue;
      if (losesDetail) strength[i] = largest;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = y;
    }
  }
  if (x1 < x0) return undefined;
  const box = { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
  if (!losesDetail) return { before, after, gone: undefined, box };
  const gone = gaussianBlur(strength, width, height, NEIGHBOURHOOD * (width / 1024));
  for (let i = 0; i < n; i++) gone[i] = strength[i]! > 0 ? smoothstep(DETAIL_GOES.from, DETAIL_GOES.to, gone[i]!) : 0;
  return { before, after, gone, box };
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

/** Pastes the difference between `after` and the aligned crop into the picture. */
export async function pasteBack(picture: DecodedPicture, aligned: AlignedFace, after: RgbImage): Promise<Pasted> {
  const { toPhoto } = aligned;
  // Detail that the crop could not hold exists where its pixels are larger than the picture's.
  const change = cropChange(aligned.crop, after, affineScale(toPhoto) > 1.02);
  const rect = change && boxInPicture(change.box, toPhoto, picture);
  if (!change || !rect) return { picture, touched: UNTOUCHED };
  const pasted: DecodedPicture = { ...picture, pixels: picture.pixels.slice() };
  const toCrop = invertAffine(toPhoto);
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
  const changed = addChange(before, band, change, toCrop);
  const back = await convertProfile(before, undefined, picture.icc);
  if (converted) {
    // A round trip through a profile rounds: pixels that did not change must not take part in it.
    const n = band.width * band.height;
    for (let i = 0; i < n; i++) if (changed[i] === 0) for (let o = i; o < 3 * n; o += n) back.data[o] = own.data[o]!;
  }
  return back;
}

/** Adds the change to the rectangle `image`, in place; returns which of its pixels have changed. */
function addChange(image: RgbImage, rect: Rect, { before, after, gone }: CropChange, toCrop: Affine): Uint8Array {
  const size = before.width;
  const n = rect.width * rect.height;
  const cropN = size * size;
  const { data } = image;
  const changed = new Uint8Array(n);
  for (let y = 0, i = 0; y < rect.height; y++) {
    const py = y + rect.y + 0.5;
    for (let x = 0; x < rect.width; x++, i++) {
      const px = x + rect.x + 0.5;
      const u = toCrop[0] * px + toCrop[1] * py + toCrop[2] - 0.5;
      const v = toCrop[3] * px + toCrop[4] * py + toCrop[5] - 0.5;
      if (u < -0.5 || v < -0.5 || u > size - 0.5 || v > size - 0.5) continue;
      const cu = Math.max(0, Math.min(size - 1, u));
      const cv = Math.max(0, Math.min(size - 1, v));
      const ix = Math.min(Math.floor(cu), size - 2);
      const iy = Math.min(Math.floor(cv), size - 2);
      const fx = cu - ix;
      const fy = cv - iy;
      const p = iy * size + ix;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      const read = (plane: Float32Array, o: number) =>
        w00 * plane[o]! + w10 * plane[o + 1]! + w01 * plane[o + size]! + w11 * plane[o + size + 1]!;
      const red = read(after.data, p) - read(before.data, p);
      const green = read(after.data, p + cropN) - read(before.data, p + cropN);
      const blue = read(after.data, p + 2 * cropN) - read(before.data, p + 2 * cropN);
      if (Math.max(Math.abs(red), Math.abs(green), Math.abs(blue)) < NOTHING) continue;
      changed[i] = 1;
      const share = gone ? read(gone, p) : 0;
      const add = (o: number, difference: number, c: number) => {
        const detail = share > 0 ? share * (data[o]! - read(before.data, c)) : 0;
        data[o] = data[o]! + difference - detail;
      };
      add(i, red, p);
      add(n + i, green, p + cropN);
      add(2 * n + i, blue, p + 2 * cropN);
    }
  }
  return changed;
}
