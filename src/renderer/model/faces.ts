/** What the window asks of a list of faces: which is meant, which can be used, how to call it. */
import type { Face, Warning } from '#shared/contract.ts';

const RANK = { blocks: 0, degrades: 1, info: 2 } as const satisfies Record<Warning['severity'], number>;

const area = (face: Face): number => face.box[2] * face.box[3];

export const isBlocked = (face: Pick<Face, 'warnings'>): boolean => face.warnings.some((w) => w.severity === 'blocks');

/** The face that a photo is most likely about: the largest that nothing blocks, else the largest; null without faces. */
export function mainFace(faces: readonly Face[]): number | null {
  const usable = faces.filter((face) => !isBlocked(face));
  const candidates = usable.length > 0 ? usable : faces;
  const [first, ...rest] = candidates;
  if (!first) return null;
  return rest.reduce((best, face) => (area(face) > area(best) ? face : best), first).index;
}

/** Indices of faces in reading order: rows from top to bottom, left to right inside a row. */
export function readingOrder(faces: readonly Face[]): number[] {
  const rows: { bottom: number; faces: Face[] }[] = [];
  for (const face of [...faces].sort((a, b) => a.box[1] - b.box[1])) {
    const middle = face.box[1] + face.box[3] / 2;
    const row = rows.find((r) => middle < r.bottom);
    if (row) row.faces.push(face);
    else rows.push({ bottom: face.box[1] + face.box[3], faces: [face] });
  }
  return rows.flatMap((row) => row.faces.sort((a, b) => a.box[0] - b.box[0]).map((face) => face.index));
}

/** Rules that speak of a choice which the window lets the user see and make anyway. */
const SEEN_ANYWAY = new Set(['several-faces']);

/** Warnings without those that the window answers by itself. */
export const remarkable = (warnings: readonly Warning[]): Warning[] =>
  warnings.filter(({ rule }) => !SEEN_ANYWAY.has(rule));

/** The gravest severity of a list of warnings, or null when there is none. */
export function gravest(warnings: readonly Pick<Warning, 'severity'>[]): Warning['severity'] | null {
  return warnings.reduce<Warning['severity'] | null>(
    (worst, { severity }) => (worst === null || RANK[severity] < RANK[worst] ? severity : worst),
    null,
  );
}

/** Warnings with the gravest first and without repetitions of the same rule. */
export function sortedWarnings(...lists: (readonly Warning[])[]): Warning[] {
  const byRule = new Map<string, Warning>();
  for (const warning of lists.flat()) {
    const known = byRule.get(warning.rule);
    if (!known || RANK[warning.severity] < RANK[known.severity]) byRule.set(warning.rule, warning);
  }
  return [...byRule.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

const centre = ({ box: [x, y, width, height] }: Face): readonly [number, number] => [x + width / 2, y + height / 2];

/**
 * Where each face of a first search is in a second one: the nearest face whose centre lies inside its box. A face that
 * the second search did not find again is missing in the answer.
 */
export function matchFaces(before: readonly Face[], after: readonly Face[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const old of before) {
    const [x, y] = centre(old);
    const [, , width, height] = old.box;
    const near = after
      .map((face) => ({ index: face.index, dx: Math.abs(centre(face)[0] - x), dy: Math.abs(centre(face)[1] - y) }))
      .filter(({ dx, dy }) => dx < width / 2 && dy < height / 2)
      .sort((a, b) => a.dx + a.dy - (b.dx + b.dy));
    if (near[0]) found.set(old.index, near[0].index);
  }
  return found;
}
