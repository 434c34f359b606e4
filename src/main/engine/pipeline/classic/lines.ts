/** Thin lines in a map of lightness: frames of glasses, strands of hair. */
import { cropPlanes } from '#engine/image/crop.ts';
import { dilate, erode } from '#engine/image/morphology.ts';
import { newPlane } from '#engine/image/planes.ts';
import type { Rect } from '#engine/image/working.ts';
import { memoOn } from '../memo.ts';
import type { FaceParse } from './parse/parse-face.ts';

/** Radius of the structuring element: lines up to twice as wide are found, pixels of the parse. */
const LINE_RADIUS = 3;

/**
 * How much darker or brighter than its neighbourhood a pixel is: the larger of black and white top-hat. The map's size;
 * 0 outside the box.
 */
export function lineStrength(lightness: Float32Array, size: number, box: Rect): Float32Array<ArrayBuffer> {
  // Closing and opening look twice as far as their element reaches.
  const margin = 2 * LINE_RADIUS;
  const x = Math.max(0, box.x - margin);
  const y = Math.max(0, box.y - margin);
  const width = Math.min(size, box.x + box.width + margin) - x;
  const height = Math.min(size, box.y + box.height + margin) - y;
  const part = cropPlanes(lightness, size, size, 1, { x, y, width, height });
  const closed = erode(dilate(part, width, height, LINE_RADIUS), width, height, LINE_RADIUS);
  const opened = dilate(erode(part, width, height, LINE_RADIUS), width, height, LINE_RADIUS);
  const out = newPlane(size * size);
  for (let row = box.y; row < box.y + box.height; row++) {
    for (let column = box.x; column < box.x + box.width; column++) {
      const j = (row - y) * width + column - x;
      const here = part[j]!;
      out[row * size + column] = Math.max(closed[j]! - here, here - opened[j]!);
    }
  }
  return out;
}

/** The lines of a face, looked for once. */
export const faceLines = memoOn(({ lightness, size, faceBox }: FaceParse) => lineStrength(lightness, size, faceBox));
