/**
 * How a video's frames are turned for display. Files say it with a 3 x 3 display matrix (ISO/IEC 14496-12, 6.2.2);
 * the eight matrices of quarter turns and mirrors are honoured, others are not.
 */

export type OrientationName =
  | 'upright'
  | 'quarter-left'
  | 'half'
  | 'quarter-right'
  | 'mirrored'
  | 'mirrored-half'
  | 'transposed'
  | 'transverse';

export interface Orientation {
  /** ffmpeg filters that turn stored frames upright. */
  readonly filters: readonly string[];
  /** Width and height change places. */
  readonly swapsSides: boolean;
}

export const ORIENTATIONS: Readonly<Record<OrientationName, Orientation>> = {
  upright: { filters: [], swapsSides: false },
  'quarter-left': { filters: ['transpose=cclock'], swapsSides: true },
  half: { filters: ['hflip', 'vflip'], swapsSides: false },
  'quarter-right': { filters: ['transpose=clock'], swapsSides: true },
  mirrored: { filters: ['hflip'], swapsSides: false },
  'mirrored-half': { filters: ['vflip'], swapsSides: false },
  transposed: { filters: ['transpose=cclock_flip'], swapsSides: true },
  transverse: { filters: ['transpose=clock_flip'], swapsSides: true },
};

/** Rows `a b` and `c d` of the matrix (p, q) → (a p + c q, b p + d q), y pointing down, one entry a sign. */
const MATRICES: Readonly<Record<string, OrientationName>> = {
  '1 0 0 1': 'upright',
  '0 1 -1 0': 'quarter-right',
  '-1 0 0 -1': 'half',
  '0 -1 1 0': 'quarter-left',
  '-1 0 0 1': 'mirrored',
  '1 0 0 -1': 'mirrored-half',
  '0 1 1 0': 'transposed',
  '0 -1 -1 0': 'transverse',
};

/**
 * The orientation in a display matrix as ffprobe prints it: three lines of an offset and three numbers in 16.16 fixed
 * point. Undefined for other angles and for text that is no matrix.
 */
export function parseDisplayMatrix(text: string): OrientationName | undefined {
  const rows = [...text.matchAll(/^\s*[0-9a-f]{8}:\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s*$/gm)];
  const entries = rows.slice(0, 2).flatMap((row) => [Number(row[1]), Number(row[2])]);
  const largest = Math.max(...entries.map(Math.abs));
  if (entries.length !== 4 || largest === 0) return undefined;
  // Scale does not count; an entry that is neither nothing nor the largest is another angle.
  const signs = entries.map((entry) => entry / largest);
  if (signs.some((value) => Math.abs(value) > 1e-3 && Math.abs(value) < 1 - 1e-3)) return undefined;
  return MATRICES[signs.map((value) => Math.round(value) + 0).join(' ')];
}
