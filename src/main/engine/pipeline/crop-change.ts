/** What the stages changed in a crop, prepared for being read at the pixels of the picture. */
import { type Affine, affineScale } from '#engine/image/affine.ts';
import { blurInPlace } from '#engine/image/blur.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane, rawPlane } from '#engine/image/planes.ts';
import type { Rect } from '#engine/image/working.ts';

/** Changes below this are rounding errors of the stages, not changes. */
export const NOTHING = 2e-4;
/** Mean change of a neighbourhood from which on the picture's own finest detail gives way to the new face. */
const DETAIL_GOES = { from: 0.01, to: 0.05 } as const;
const NEIGHBOURHOOD = 6;

/** Values of a pixel: the difference of red, green, blue; the share of detail that goes; the colours before; nothing. */
const VALUES = 8;

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
  return withKernels({ read: [before.data, after.data], room: 16 }, (kernels, [was, is], room, memory) => {
    kernels.changedBox(was!, is!, width, height, NOTHING, room);
    const [x0, x1, y0, y1] = new Int32Array(memory, room, 4) as unknown as [number, number, number, number];
    return x1 < x0 ? undefined : { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
  });
}

/**
 * How far the picture's own finest detail goes, over the area: as far as the neighbourhood changes. Outside of what
 * changed it stays; a single pixel within that happens to keep its value goes with the others.
 */
function detailShare(values: Float32Array, { width, height }: Rect, cropSize: number): void {
  const n = width * height;
  const strength = newPlane(n);
  const within = newPlane(n);
  withKernels({ read: [values], change: [strength, within] }, (kernels, [from, most, moved]) =>
    kernels.changeStrength(from!, n, NOTHING, most!, moved!),
  );
  const sigma = NEIGHBOURHOOD * (cropSize / 1024);
  blurInPlace(strength, width, height, sigma);
  blurInPlace(within, width, height, Math.max(1, sigma / 2));
  withKernels({ read: [strength, within], change: [values] }, (kernels, [most, moved, to]) =>
    kernels.detailShare(to!, most!, moved!, n, DETAIL_GOES.from, DETAIL_GOES.to),
  );
}

/**
 * @param toPhoto crop coordinates to those of the picture
 * @returns undefined when nothing changed
 */
export function cropChange(before: RgbImage, after: RgbImage, toPhoto: Affine): CropChange | undefined {
  const box = changedBox(before, after);
  if (!box) return undefined;
  const { width, height } = before;
  const area = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 };
  const values = rawPlane(area.width * area.height * VALUES);
  withKernels({ read: [before.data, after.data], write: [values] }, (kernels, [was, is, to]) =>
    kernels.packChange(was!, is!, width, height, area.x, area.y, area.width, area.height, to!),
  );
  // Detail that the crop could not hold exists where its pixels are larger than the picture's.
  const losesDetail = affineScale(toPhoto) > 1.02;
  if (losesDetail) detailShare(values, area, width);
  return { size: width, box, area, values, losesDetail };
}
