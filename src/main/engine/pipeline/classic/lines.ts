/** Thin lines in a map of lightness: frames of glasses, strands of hair. */
import { dilate, erode } from '#engine/image/morphology.ts';

/** Radius of the structuring element: lines up to twice as wide are found, pixels of the parse. */
const LINE_RADIUS = 3;

/** How much darker or brighter than its neighbourhood a pixel is: the larger of black and white top-hat. */
export function lineStrength(lightness: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const closed = erode(dilate(lightness, size, size, LINE_RADIUS), size, size, LINE_RADIUS);
  const opened = dilate(erode(lightness, size, size, LINE_RADIUS), size, size, LINE_RADIUS);
  return closed.map((c, i) => Math.max(c - lightness[i]!, lightness[i]! - opened[i]!));
}
