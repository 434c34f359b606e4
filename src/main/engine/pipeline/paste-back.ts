/**
 * Pastes the change of a crop into the picture, at the picture's own resolution, colour space and bit depth. Only the
 * difference is pasted, so detail that the crop could not hold stays, and pixels that did not change are not written.
 */
import { type Affine, affineScale, invertAffine } from '#engine/image/affine.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { smoothstep } from '#engine/image/math.ts';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { convertProfile } from '#engine/image/profile.ts';
import { sampleBilinear } from '#engine/image/warp.ts';
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

/** Change of the crop: three planes of difference, and how far the picture's own finest detail must go. */
function cropChange(before: RgbImage, after: RgbImage): { planes: Float32Array<ArrayBuffer>; box: Rect | undefined } {
  const { width, height } = before;
  const n = width * height;
  const planes = new Float32Array(4 * n);
  const strength = new Float32Array(n);
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let largest = 0;
      for (let k = 0; k < 3; k++) {
        const d = after.data[k * n + i]! - before.data[k * n + i]!;
        planes[k * n + i] = d;
        largest = Math.max(largest, Math.abs(d));
      }
      if (largest < NOTHING) {
        planes[i] = 0;
        planes[n + i] = 0;
        planes[2 * n + i] = 0;
        continue;
      }
      strength[i] = largest;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
  }
  if (x1 < x0) return { planes, box: undefined };
  const around = gaussianBlur(strength, width, height, NEIGHBOURHOOD * (width / 1024));
  for (let i = 0; i < n; i++) {
    planes[3 * n + i] = strength[i]! > 0 ? smoothstep(DETAIL_GOES.from, DETAIL_GOES.to, around[i]!) : 0;
  }
  return { planes, box: { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 } };
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
  const { planes, box } = cropChange(aligned.crop, after);
  const rect = box && boxInPicture(box, aligned.toPhoto, picture);
  if (!rect) return { picture, touched: UNTOUCHED };
  const pasted: DecodedPicture = { ...picture, pixels: picture.pixels.slice() };
  const rows = Math.max(1, Math.floor(BAND_PIXELS / rect.width));
  for (let y = 0; y < rect.height; y += rows) {
    const band = { ...rect, y: rect.y + y, height: Math.min(rows, rect.height - y) };
    writeRegion(pasted, band, await pasteBand(picture, aligned, planes, band));
  }
  return { picture: pasted, touched: rect };
}

/** The band as it looks with the change. */
async function pasteBand(
  picture: DecodedPicture,
  { crop, size, toPhoto }: AlignedFace,
  planes: Float32Array,
  band: Rect,
): Promise<RgbImage> {
  const own = toRgbImage(picture, band);
  const before = await convertProfile(own, picture.icc, undefined);
  const n = band.width * band.height;
  const { u, v } = cropPositions(band, invertAffine(toPhoto));
  const change = sampleBilinear(planes, size, size, 4, u, v);
  // Detail that the crop could not hold exists where its pixels are larger than the picture's.
  const losesDetail = affineScale(toPhoto) > 1.02;
  const coarse = losesDetail ? sampleBilinear(crop.data, size, size, 3, u, v) : undefined;
  const data = before.data.slice();
  const changed = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const outside = u[i]! < 0 || v[i]! < 0 || u[i]! > size || v[i]! > size;
    if (outside || Math.max(Math.abs(change[i]!), Math.abs(change[n + i]!), Math.abs(change[2 * n + i]!)) < NOTHING)
      continue;
    changed[i] = 1;
    for (let k = 0; k < 3; k++) {
      const o = k * n + i;
      const gone = coarse ? change[3 * n + i]! * (data[o]! - coarse[o]!) : 0;
      data[o] = data[o]! + change[o]! - gone;
    }
  }
  const back = await convertProfile({ ...before, data }, undefined, picture.icc);
  const result = own.data.slice();
  for (let i = 0; i < n; i++) {
    if (changed[i] === 0) continue;
    for (let o = i; o < 3 * n; o += n) result[o] = back.data[o]!;
  }
  return { width: band.width, height: band.height, data: result };
}

/** The place in the crop of each pixel centre of the rectangle. */
function cropPositions(rect: Rect, toCrop: Affine): { u: Float32Array; v: Float32Array } {
  const n = rect.width * rect.height;
  const u = new Float32Array(n);
  const v = new Float32Array(n);
  for (let y = 0, i = 0; y < rect.height; y++) {
    const py = y + rect.y + 0.5;
    for (let x = 0; x < rect.width; x++, i++) {
      const px = x + rect.x + 0.5;
      u[i] = toCrop[0] * px + toCrop[1] * py + toCrop[2];
      v[i] = toCrop[3] * px + toCrop[4] * py + toCrop[5];
    }
  }
  return { u, v };
}
