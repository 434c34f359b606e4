/** The colours of a picture rounded to cells, each listed once: densities are then evaluated per colour, not per pixel. */
import { newPlane } from '#engine/image/planes.ts';
import { type ColorModel, colorDensities } from './color-model.ts';

/** Lab units of a cell, and the cells along each axis (a and b from -96 to 96). */
const CELL = 1.5;
const L_CELLS = 68;
const AB_CELLS = 128;

export interface ColorCells {
  /** For each pixel the place of its colour in `colors`. */
  readonly slots: Uint32Array;
  /** Lab of the cells that occur, interleaved. */
  readonly colors: Float32Array;
  readonly count: number;
}

/** Place of each cell in the present list plus one; all 0 between calls. */
const placeOf = new Uint32Array(L_CELLS * AB_CELLS * AB_CELLS);

const clampTo = (value: number, cells: number): number => (value < 0 ? 0 : value >= cells ? cells - 1 : value);

/** Sorts the pixels of a Lab picture (pixel-interleaved) into cells of 1.5 Lab units. */
export function colorCells(lab: Float32Array): ColorCells {
  const n = lab.length / 3;
  const slots = new Uint32Array(n);
  const cells = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const l = clampTo(Math.round(lab[3 * i]! / CELL), L_CELLS);
    const a = clampTo(Math.round(lab[3 * i + 1]! / CELL) + AB_CELLS / 2, AB_CELLS);
    const b = clampTo(Math.round(lab[3 * i + 2]! / CELL) + AB_CELLS / 2, AB_CELLS);
    const cell = (l * AB_CELLS + a) * AB_CELLS + b;
    if (placeOf[cell] === 0) {
      cells[count++] = cell;
      placeOf[cell] = count;
    }
    slots[i] = placeOf[cell]! - 1;
  }
  const colors = newPlane(3 * count);
  for (let k = 0; k < count; k++) {
    const cell = cells[k]!;
    placeOf[cell] = 0;
    colors[3 * k] = Math.floor(cell / (AB_CELLS * AB_CELLS)) * CELL;
    colors[3 * k + 1] = ((Math.floor(cell / AB_CELLS) % AB_CELLS) - AB_CELLS / 2) * CELL;
    colors[3 * k + 2] = ((cell % AB_CELLS) - AB_CELLS / 2) * CELL;
  }
  return { slots, colors, count };
}

/** The density of every listed colour; all 0 for an empty model. */
export function cellDensities(model: ColorModel, { colors, count }: ColorCells): Float32Array<ArrayBuffer> {
  return colorDensities(model, colors, count);
}
