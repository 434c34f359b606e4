/** Soft masks of the facial features on a mesh, each in a box of its own. */
import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { newPlane } from '#engine/image/planes.ts';
import { fillPolygon, growPolygon, type Point } from '#engine/image/polygon.ts';
import type { Rect } from '#engine/image/working.ts';
import { contourPoints } from './contours.ts';

/** A mask that is 0 outside its box. */
export interface BoxedMask {
  readonly box: Rect;
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * Draws outlines of a mesh into the smallest box that holds them.
 * @param mesh in pixels of the picture that `width` x `height` describes
 * @param factor growth of each outline about its middle
 * @param soft blur, pixels
 * @param holes outlines cut out again
 */
export function featureMask(
  mesh: Float32Array,
  parts: readonly FacePart[],
  width: number,
  height: number,
  factor = 1,
  soft = 0,
  holes: readonly FacePart[] = [],
): BoxedMask {
  const outlines = parts.map((part) => growPolygon(contourPoints(mesh, PARTS[part]), factor));
  const box = boxAround(outlines.flat(), width, height, Math.ceil(3 * soft) + 1);
  const inBox = (points: readonly Point[]) => points.map(([x, y]): Point => [x - box.x, y - box.y]);
  const data = newPlane(box.width * box.height);
  for (const points of outlines) fillPolygon(inBox(points), box.width, box.height, data);
  if (holes.length > 0) {
    const cut = newPlane(data.length);
    for (const part of holes) fillPolygon(inBox(contourPoints(mesh, PARTS[part])), box.width, box.height, cut);
    for (let i = 0; i < data.length; i++) data[i]! *= 1 - cut[i]!;
  }
  return { box, data: soft > 0 ? gaussianBlur(data, box.width, box.height, soft) : data };
}

/** The whole pixels of a picture round some points, with a margin. */
export function boxAround(points: readonly Point[], width: number, height: number, margin: number): Rect {
  let [left, top, right, bottom] = [width - 1, height - 1, 1, 1];
  for (const [x, y] of points) {
    left = Math.min(left, x - margin);
    top = Math.min(top, y - margin);
    right = Math.max(right, x + margin);
    bottom = Math.max(bottom, y + margin);
  }
  const x = Math.max(0, Math.min(width - 1, Math.floor(left)));
  const y = Math.max(0, Math.min(height - 1, Math.floor(top)));
  return {
    x,
    y,
    width: Math.max(1, Math.min(width, Math.ceil(right)) - x),
    height: Math.max(1, Math.min(height, Math.ceil(bottom)) - y),
  };
}

/** Calls `visit` with (index in the picture, index in the box) for each pixel of the box. */
export function forBox(
  { x, y, width, height }: Rect,
  pictureWidth: number,
  visit: (i: number, j: number) => void,
): void {
  for (let row = 0, j = 0; row < height; row++) {
    for (let i = (y + row) * pictureWidth + x, end = i + width; i < end; i++, j++) visit(i, j);
  }
}
