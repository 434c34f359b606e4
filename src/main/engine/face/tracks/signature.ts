/**
 * What a face looks like, free from where and how it is held: the picture is sampled at fixed places of the mesh, so
 * that the same cell shows the same spot of the face at every turn and expression. Brightness is kept as band-passed
 * relief (brows, beard, folds, glasses), colour as coarse chromaticity. No recognition network: it tells people of one
 * clip apart in like light, not people of the world.
 */
import type { RgbImage } from '#engine/image/picture.ts';
import { type FaceMesh, faceMesh } from '../mesh.ts';
import type { FaceLook } from './look.ts';

/** Cells of the texture across and down. */
const GRID = 24;
/** Cells that share one chromaticity, across and down. */
const COARSE = 4;
const CELLS = GRID * GRID;
const PATCHES = (GRID / COARSE) ** 2;
/** Relief of all cells, then two chromaticities of all patches. */
export const SIGNATURE_LENGTH = CELLS + 2 * PATCHES;

/** Relief beyond this many times its mean strength is cut off; chromaticity beyond this distance from grey. */
const RELIEF_RANGE = 3;
const CHROMA_RANGE = 0.4;

/** Where the cells lie on the mesh: three vertices and their weights. */
interface CellTable {
  /** Cell numbers that lie on the face. */
  readonly cells: readonly number[];
  readonly vertices: Uint16Array;
  readonly weights: Float32Array;
  /** Area of each cell's triangle on the canonical face seen from the front of the triangle. */
  readonly areas: Float32Array;
}

let table: CellTable | undefined;
const cellTable = (): CellTable => (table ??= buildTable(faceMesh()));

function buildTable({ uv, triangles, canonical }: FaceMesh): CellTable {
  const cells: number[] = [];
  const vertices: number[] = [];
  const weights: number[] = [];
  const areas: number[] = [];
  for (let cell = 0; cell < CELLS; cell++) {
    const u = ((cell % GRID) + 0.5) / GRID;
    const v = (Math.floor(cell / GRID) + 0.5) / GRID;
    for (let t = 0; t < triangles.length; t += 3) {
      const [a, b, c] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
      const at = barycentric(u, v, uv, a, b, c);
      if (at === undefined) continue;
      cells.push(cell);
      vertices.push(a, b, c);
      weights.push(...at);
      areas.push(spaceArea(canonical, a, b, c));
      break;
    }
  }
  return {
    cells,
    vertices: Uint16Array.from(vertices),
    weights: Float32Array.from(weights),
    areas: Float32Array.from(areas),
  };
}

function barycentric(
  u: number,
  v: number,
  uv: Float32Array,
  a: number,
  b: number,
  c: number,
): [number, number, number] | undefined {
  const [ax, ay] = [uv[2 * a]!, uv[2 * a + 1]!];
  const [bx, by] = [uv[2 * b]! - ax, uv[2 * b + 1]! - ay];
  const [cx, cy] = [uv[2 * c]! - ax, uv[2 * c + 1]! - ay];
  const area = bx * cy - by * cx;
  if (area === 0) return undefined;
  const second = ((u - ax) * cy - (v - ay) * cx) / area;
  const third = (bx * (v - ay) - by * (u - ax)) / area;
  return second < 0 || third < 0 || second + third > 1 ? undefined : [1 - second - third, second, third];
}

function spaceArea(points: Float32Array, a: number, b: number, c: number): number {
  const edge = (i: number, j: number) => [0, 1, 2].map((k) => points[3 * j + k]! - points[3 * i + k]!);
  const [p, q] = [edge(a, b), edge(a, c)] as [number[], number[]];
  return Math.hypot(p[1]! * q[2]! - p[2]! * q[1]!, p[2]! * q[0]! - p[0]! * q[2]!, p[0]! * q[1]! - p[1]! * q[0]!);
}

/**
 * How well each cell is seen: the cosine between its triangle and the line of sight, 0 where it is turned away; places
 * off the face are 0.
 */
export function visibilityOf(landmarks: Float32Array, pixelsPerCentimetre: number): Float32Array<ArrayBuffer> {
  const { cells, vertices, areas } = cellTable();
  const out = new Float32Array(CELLS);
  const scale = pixelsPerCentimetre * pixelsPerCentimetre;
  cells.forEach((cell, i) => {
    const [a, b, c] = [vertices[3 * i]!, vertices[3 * i + 1]!, vertices[3 * i + 2]!];
    const [ax, ay] = [landmarks[3 * a]!, landmarks[3 * a + 1]!];
    const area =
      (landmarks[3 * b]! - ax) * (landmarks[3 * c + 1]! - ay) - (landmarks[3 * b + 1]! - ay) * (landmarks[3 * c]! - ax);
    out[cell] = Math.max(0, Math.min(1, (FRONT * area) / (scale * areas[i]!)));
  });
  return out;
}

/** Sign of the area of a triangle that faces the viewer, in picture axes. */
const FRONT = -1;

/** The signature of the face whose mesh is `landmarks`, picture pixels. */
export function signatureOf({ image, toPicture }: FaceLook, landmarks: Float32Array): Int8Array<ArrayBuffer> {
  const { cells, vertices, weights } = cellTable();
  const [a, b, , d, e] = toPicture;
  const det = a * e - b * d;
  const luma = new Float32Array(CELLS);
  const known = new Float32Array(CELLS);
  const chroma = new Float32Array(3 * PATCHES);
  cells.forEach((cell, i) => {
    let [x, y] = [-toPicture[2], -toPicture[5]];
    for (let k = 0; k < 3; k++) {
      x += weights[3 * i + k]! * landmarks[3 * vertices[3 * i + k]!]!;
      y += weights[3 * i + k]! * landmarks[3 * vertices[3 * i + k]! + 1]!;
    }
    const [red, green, blue] = sample(image, (e * x - b * y) / det, (a * y - d * x) / det);
    luma[cell] = 0.3 * red + 0.59 * green + 0.11 * blue;
    known[cell] = 1;
    const patch = Math.floor(cell / GRID / COARSE) * (GRID / COARSE) + Math.floor((cell % GRID) / COARSE);
    chroma[3 * patch]! += red;
    chroma[3 * patch + 1]! += green;
    chroma[3 * patch + 2]! += blue;
  });
  return quantise(relief(luma, known), chroma);
}

function sample({ width, height, data }: RgbImage, x: number, y: number): [number, number, number] {
  const u = Math.max(0, Math.min(width - 1, x - 0.5));
  const v = Math.max(0, Math.min(height - 1, y - 0.5));
  const [i, j] = [Math.min(width - 2, Math.floor(u)), Math.min(height - 2, Math.floor(v))];
  const [f, g] = [u - i, v - j];
  const n = width * height;
  const at = (p: number): number =>
    (1 - g) * ((1 - f) * data[p]! + f * data[p + 1]!) + g * ((1 - f) * data[p + width]! + f * data[p + width + 1]!);
  const p = j * width + i;
  return [at(p), at(p + n), at(p + 2 * n)];
}

/** Cells round one whose mean is taken off its brightness, in each direction. */
const SURROUND = 4;

/** Brightness without its slow changes, which belong to the light; strength 1 in the mean. */
function relief(luma: Float32Array, known: Float32Array): Float32Array {
  const out = new Float32Array(CELLS);
  let [energy, count] = [0, 0];
  for (let row = 0, cell = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++, cell++) {
      if (known[cell] === 0) continue;
      let [sum, total] = [0, 0];
      for (let y = Math.max(0, row - SURROUND); y <= Math.min(GRID - 1, row + SURROUND); y++) {
        for (let x = Math.max(0, column - SURROUND); x <= Math.min(GRID - 1, column + SURROUND); x++) {
          sum += luma[y * GRID + x]!;
          total += known[y * GRID + x]!;
        }
      }
      out[cell] = luma[cell]! - sum / total;
      energy += out[cell]! ** 2;
      count++;
    }
  }
  const strength = Math.sqrt(energy / Math.max(1, count)) || 1;
  return out.map((value) => value / strength);
}

function quantise(texture: Float32Array, chroma: Float32Array): Int8Array<ArrayBuffer> {
  const out = new Int8Array(SIGNATURE_LENGTH);
  const level = (value: number, range: number): number => Math.round(127 * Math.max(-1, Math.min(1, value / range)));
  texture.forEach((value, cell) => {
    out[cell] = level(value, RELIEF_RANGE);
  });
  for (let patch = 0; patch < PATCHES; patch++) {
    const [r, g, b] = [chroma[3 * patch]!, chroma[3 * patch + 1]!, chroma[3 * patch + 2]!];
    const sum = r + g + b;
    if (sum === 0) continue;
    out[CELLS + patch] = level((r - g) / sum, CHROMA_RANGE);
    out[CELLS + PATCHES + patch] = level((g - b) / sum, CHROMA_RANGE);
  }
  return out;
}

export interface Likeness {
  /** Weighted correlation of the reliefs, [-1, 1]. */
  readonly relief: number;
  /** Mean difference of the chromaticities, [0, 1]. */
  readonly colour: number;
}

/** Compares two signatures (or means of them) where both are seen; `weights` are products of visibilities. */
export function compareSignatures(a: ArrayLike<number>, b: ArrayLike<number>, weights?: ArrayLike<number>): Likeness {
  const { cells } = cellTable();
  let [ab, aa, bb] = [0, 0, 0];
  for (const cell of cells) {
    const weight = weights === undefined ? 1 : weights[cell]!;
    ab += weight * a[cell]! * b[cell]!;
    aa += weight * a[cell]! * a[cell]!;
    bb += weight * b[cell]! * b[cell]!;
  }
  let colour = 0;
  for (let i = CELLS; i < SIGNATURE_LENGTH; i++) colour += Math.abs(a[i]! - b[i]!);
  return { relief: aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0, colour: colour / (127 * 2 * PATCHES) };
}

/** What a difference of colour takes from the correlation of reliefs. */
const COLOUR_WEIGHT = 3;

/**
 * One number for a comparison, at most 1. Faces of one person in another pose, size, focus or brightness: 0.75 and more;
 * different people: 0.8 at most, below 0.4 in the mean.
 */
export const resemblance = ({ relief, colour }: Likeness): number => relief - COLOUR_WEIGHT * colour;
