/** The label map that PTI trains on (spec rgi-core 6.3). */
import { regionIndex } from '#shared/regions.ts';

/** Regions outside the face for PTI. */
export const PTI_OUTSIDE = [regionIndex('background'), regionIndex('hair'), regionIndex('earrings')] as const;
/** Radius of the square minimum filter, pixels of the 512² map. */
export const PTI_ERODE_RADIUS = 3;

/**
 * Original labels where a (2r+1)² neighbourhood lies wholly in the face, background elsewhere; outside the map counts as
 * not face.
 * @param labels `size`² labels 0..11
 */
export function erodedFaceLabels(labels: Uint8Array, size: number, radius = PTI_ERODE_RADIUS): Uint8Array {
  const face = labels.map((label) => (PTI_OUTSIDE.includes(label) ? 0 : 1));
  const rows = minimumAlong(face, size, radius, 1);
  const eroded = minimumAlong(rows, size, radius, size);
  return labels.map((label, at) => (eroded[at] === 1 ? label : 0));
}

/** Minimum over `2·radius + 1` neighbours along the axis with this stride; zero beyond the ends. */
function minimumAlong(mask: Uint8Array, size: number, radius: number, stride: number): Uint8Array {
  const along = stride === 1 ? size : 1;
  const result = new Uint8Array(mask.length);
  for (let line = 0; line < size; line++) {
    const start = line * along;
    // Length of the run of ones that ends here: the window is all ones when the run reaches over it.
    let run = 0;
    for (let k = 0; k < size + radius; k++) {
      run = k < size && mask[start + k * stride] === 1 ? run + 1 : 0;
      const centre = k - radius;
      if (centre >= radius && centre < size && run >= 2 * radius + 1) result[start + centre * stride] = 1;
    }
  }
  return result;
}
