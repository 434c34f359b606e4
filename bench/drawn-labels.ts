/** A label map made by the project: a face drawn with ellipses, all 12 regions present. */
import { type RegionId, regionIndex } from '#shared/regions.ts';

interface Ellipse {
  readonly region: RegionId;
  /** Centre and half axes as shares of the side. */
  readonly at: readonly [x: number, y: number];
  readonly half: readonly [x: number, y: number];
}

/** Painted in order; later ones cover earlier ones. */
const FACE: readonly Ellipse[] = [
  { region: 'neck', at: [0.5, 0.9], half: [0.19, 0.25] },
  { region: 'hair', at: [0.5, 0.42], half: [0.37, 0.4] },
  { region: 'ears', at: [0.22, 0.52], half: [0.05, 0.09] },
  { region: 'ears', at: [0.78, 0.52], half: [0.05, 0.09] },
  { region: 'earrings', at: [0.215, 0.63], half: [0.02, 0.03] },
  { region: 'earrings', at: [0.785, 0.63], half: [0.02, 0.03] },
  { region: 'skin', at: [0.5, 0.54], half: [0.27, 0.34] },
  { region: 'brows', at: [0.38, 0.41], half: [0.09, 0.018] },
  { region: 'brows', at: [0.62, 0.41], half: [0.09, 0.018] },
  { region: 'glasses', at: [0.5, 0.47], half: [0.05, 0.008] },
  { region: 'eyes', at: [0.38, 0.47], half: [0.055, 0.025] },
  { region: 'eyes', at: [0.62, 0.47], half: [0.055, 0.025] },
  { region: 'nose', at: [0.5, 0.57], half: [0.055, 0.1] },
  { region: 'lips', at: [0.5, 0.72], half: [0.11, 0.045] },
  { region: 'mouth', at: [0.5, 0.72], half: [0.075, 0.012] },
];

/** A square 12-region map, `size`² labels. */
export function drawnFaceLabels(size: number): Uint8Array {
  const labels = new Uint8Array(size * size);
  for (const { region, at, half } of FACE) {
    const label = regionIndex(region);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const dx = ((x + 0.5) / size - at[0]) / half[0];
        const dy = ((y + 0.5) / size - at[1]) / half[1];
        if (dx * dx + dy * dy < 1) labels[y * size + x] = label;
      }
  }
  return labels;
}
