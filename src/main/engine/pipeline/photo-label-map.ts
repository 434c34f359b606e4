/** The label map of a face laid over its photo. */
import { applyAffine, invertAffine } from '#engine/image/affine.ts';
import type { LabelMap } from '#engine/image/picture.ts';
import type { ParsedFace } from './photo-studio.ts';

/** Every pixel of the upright photo takes the label it lies on; background (0) outside the face's crop. */
export function labelsOverPhoto({ size, labels, toPhoto }: ParsedFace, width: number, height: number): LabelMap {
  const corners = [
    [0, 0],
    [size, 0],
    [0, size],
    [size, size],
  ].map(([x, y]) => applyAffine(toPhoto, x as number, y as number));
  const span = (axis: 0 | 1, limit: number): [number, number] => {
    const along = corners.map((corner) => corner[axis]);
    return [Math.max(0, Math.floor(Math.min(...along))), Math.min(limit, Math.ceil(Math.max(...along)))];
  };
  const [left, right] = span(0, width);
  const [top, bottom] = span(1, height);
  const toMap = invertAffine(toPhoto);
  const over = new Uint8Array(width * height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [u, v] = applyAffine(toMap, x + 0.5, y + 0.5);
      if (u >= 0 && v >= 0 && u < size && v < size) over[y * width + x] = labels[Math.floor(v) * size + Math.floor(u)]!;
    }
  }
  return { width, height, labels: over };
}
