/** What the stages changed in a crop, prepared for being read at the pixels of the picture. */
import { type Affine, affineScale } from '#engine/image/affine.ts';
import { blurInPlace } from '#engine/image/blur.ts';
import { clamp, smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import type { Rect } from '#engine/image/working.ts';

/** Changes below this are rounding errors of the stages, not changes. */
export const NOTHING = 2e-4;
/** Mean change of a neighbourhood from which on the picture's own finest detail gives way to the new face. */
const DETAIL_GOES = { from: 0.01, to: 0.05 } as const;
const NEIGHBOURHOOD = 6;

/** Values of a pixel: the difference of red, green, blue; the share of detail that goes; red, green, blue before. */
export const VALUES = 7;

export interface CropChange {
  /** Side of the crop. */
  readonly size: number;
  /** The pixels of the crop that may have changed. */
  readonly box: Rect;
  /** The same with the pixels round it that bilinear reading touches; may reach beyond the crop by one. */
  readonly area: Rect;
  /** VALUES a pixel of the area, interleaved; edges repeat beyond the crop. */
  readonly values: Float32Array;
  /** Whether the crop could not hold all of the picture's detail. */
  readonly losesDetail: boolean;
}

/** The box of the pixels that changed; undefined when none did. */
function changedBox(before: RgbImage, after: RgbImage): Rect | undefined {
  const { width, height } = before;
  const n = width * height;
  const [b, a] = [before.data, after.data];
  const differs = (i: number): boolean =>
    Math.abs(a[i]! - b[i]!) >= NOTHING ||
    Math.abs(a[i + n]! - b[i + n]!) >= NOTHING ||
    Math.abs(a[i + 2 * n]! - b[i + 2 * n]!) >= NOTHING;
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    // The changed span of the row, looked for from both sides.
    let left = y * width;
    let right = left + width - 1;
    while (left <= right && !differs(left)) left++;
    if (left > right) continue;
    while (!differs(right)) right--;
    x0 = Math.min(x0, left - y * width);
    x1 = Math.max(x1, right - y * width);
    y0 = Math.min(y0, y);
    y1 = y;
  }
  return x1 < x0 ? undefined : { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
}

/**
 * How far the picture's own finest detail goes, over the area: as far as the neighbourhood changes. Outside of what
 * changed it stays; a single pixel within that happens to keep its value goes with the others.
 */
function detailShare(values: Float32Array, { width, height }: Rect, cropSize: number): void {
  const n = width * height;
  const strength = newPlane(n);
  const within = newPlane(n);
  for (let i = 0, o = 0; i < n; i++, o += VALUES) {
    const largest = Math.max(Math.abs(values[o]!), Math.abs(values[o + 1]!), Math.abs(values[o + 2]!));
    if (largest < NOTHING) continue;
    strength[i] = largest;
    within[i] = 1;
  }
  const sigma = NEIGHBOURHOOD * (cropSize / 1024);
  blurInPlace(strength, width, height, sigma);
  blurInPlace(within, width, height, Math.max(1, sigma / 2));
  for (let i = 0; i < n; i++) {
    const share = smoothstep(DETAIL_GOES.from, DETAIL_GOES.to, strength[i]!);
    values[i * VALUES + 3] = share * clamp(4 * within[i]! - 2, 0, 1);
  }
}

/**
 * @param toPhoto crop coordinates to those of the picture
 * @returns undefined when nothing changed
 */
export function cropChange(before: RgbImage, after: RgbImage, toPhoto: Affine): CropChange | undefined {
  const box = changedBox(before, after);
  if (!box) return undefined;
  const { width, height } = before;
  const n = width * height;
  const area = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 };
  const values = newPlane(area.width * area.height * VALUES);
  for (let y = 0, o = 0; y < area.height; y++) {
    const row = clamp(y + area.y, 0, height - 1) * width;
    for (let x = 0; x < area.width; x++, o += VALUES) {
      let i = row + clamp(x + area.x, 0, width - 1);
      for (let k = 0; k < 3; k++, i += n) {
        const was = before.data[i]!;
        values[o + k] = after.data[i]! - was;
        values[o + 4 + k] = was;
      }
    }
  }
  // Detail that the crop could not hold exists where its pixels are larger than the picture's.
  const losesDetail = affineScale(toPhoto) > 1.02;
  if (losesDetail) detailShare(values, area, width);
  return { size: width, box, area, values, losesDetail };
}
