/**
 * Recomposition of label maps (E4S `swap_head_mask_hole_first`; paper section 3.1): the inner face of the driven source
 * over the surroundings of the target, and the mismatch region that only the target's face covered. Each region's shape
 * can come from any of the faces; `PAPER_SHAPES` is the paper's choice.
 */
import type { LabelMap } from '#engine/image/picture.ts';
import { REGION_COUNT, REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import type { RegionSwitch } from '#shared/settings.ts';

/** Where the face of a label map is the target's. */
export const TARGET_FACE = 0;

/**
 * Which face each region's shape comes from, by label: `TARGET_FACE`, or 1, 2, … for the driven faces. The background's
 * entry has no effect: what the target shows behind its head stays.
 */
export type ShapeFaces = readonly number[];

/** Identity regions from the driven face; background, hair, ears, neck, glasses and ear-rings from the target. */
export const PAPER_SHAPES: ShapeFaces = REGIONS.map((region) => (region.defaultShape === 'source' ? 1 : TARGET_FACE));

/** The choice of the settings for one source: a shape is taken whole as soon as its amount is above 0. */
export const shapeFaces = (regions: Readonly<Record<RegionId, RegionSwitch>>, amount: number): ShapeFaces =>
  REGIONS.map(({ id }) => (regions[id].shape && regions[id].amount * amount > 0 ? 1 : TARGET_FACE));

export interface Recomposed {
  readonly map: LabelMap;
  /** 1 where the target has face and the driven face has none, below the eyes. */
  readonly hole: Uint8Array<ArrayBuffer>;
  /** Rows from this one on may belong to the hole. */
  readonly eyeLine: number;
  /** Lowest row of the driven nose, or 3/5 of the height. */
  readonly noseLine: number;
}

const [BACKGROUND, BROWS, EYES, HAIR, NOSE, SKIN, EARS, NECK, GLASSES, EARRINGS] = (
  ['background', 'brows', 'eyes', 'hair', 'nose', 'skin', 'ears', 'neck', 'glasses', 'earrings'] as const
).map(regionIndex) as [number, number, number, number, number, number, number, number, number, number];

/** Labels round the face. Everything else, glasses too, is face. */
export const OUTER_LABELS: ReadonlySet<number> = new Set([BACKGROUND, HAIR, EARS, NECK, EARRINGS]);

/** Painted in this order, later ones over earlier ones: what lies behind the face, … */
const BEHIND = [NECK, EARS, EARRINGS];
/** … the face: skin first, so that features of another face lie on it, … */
const INNER = [SKIN, regionIndex('lips'), BROWS, EYES, NOSE, regionIndex('mouth')];
/** … and what covers it. */
const IN_FRONT = [HAIR, GLASSES];

/** Not painted yet; and background that stays background. Both lie outside the labels. */
const EMPTY = 255;
const BACKDROP = 254;

/** The lowest row that holds the label; undefined without one. */
function lowestRow({ width, labels }: LabelMap, label: number): number | undefined {
  const last = labels.lastIndexOf(label);
  return last < 0 ? undefined : Math.floor(last / width);
}

function checkFaces(faces: readonly LabelMap[], shapes: ShapeFaces): void {
  const [target] = faces;
  if (!target || faces.some((f) => f.width !== target.width || f.height !== target.height)) {
    throw new RangeError('recomposition needs label maps of one size');
  }
  if (shapes.length !== REGION_COUNT || shapes.some((face) => !faces[face])) {
    throw new RangeError(`shapes [${shapes.join(', ')}] for ${faces.length} faces`);
  }
}

/** The face without what lies in front of it: where its outline is another face's, that face ends. */
function mismatch(faces: readonly LabelMap[], shapes: ShapeFaces, eyeLine: number): Uint8Array<ArrayBuffer> {
  const target = faces[TARGET_FACE]!.labels;
  const hole = new Uint8Array(target.length);
  const outline = shapes[SKIN]!;
  if (outline === TARGET_FACE) return hole;
  const driven = faces[outline]!.labels;
  const own = new Set(INNER.filter((label) => shapes[label] !== outline));
  for (let i = eyeLine * faces[0]!.width; i < hole.length; i++) {
    if (OUTER_LABELS.has(target[i]!) || !OUTER_LABELS.has(driven[i]!)) continue;
    let covered = false;
    for (const label of own) covered ||= faces[shapes[label]!]!.labels[i] === label;
    if (!covered) hole[i] = 1;
  }
  return hole;
}

/**
 * For each column the highest row with skin: above it, the target's background is never painted over. Row 0 does not
 * count, as in the original; -1 for none.
 */
function foreheadRows({ width, height, labels }: LabelMap): Int32Array {
  const rows = new Int32Array(width).fill(-1);
  for (let y = height - 1; y >= 1; y--) {
    for (let x = 0; x < width; x++) if (labels[y * width + x] === SKIN) rows[x] = y;
  }
  return rows;
}

/**
 * The map of the swapped face and its mismatch region.
 *
 * Where a region of the target gives way to another face's shape and nothing is painted in its place, hair, ears, neck
 * and ear-rings become what that face shows there (background, neck, …), as far as it lies round a face; everything else
 * becomes skin, as in the original. The hole ends where the outline (the skin's shape) is the target's own: then no face
 * is missing.
 * @param faces the target's map, then the maps of driven faces, all of one size
 * @throws RangeError for maps of several sizes, or shapes that name a face that is not there
 */
export function recompose(faces: readonly LabelMap[], shapes: ShapeFaces = PAPER_SHAPES): Recomposed {
  checkFaces(faces, shapes);
  const target = faces[TARGET_FACE]!;
  const { width, height, labels: t } = target;
  const result = new Uint8Array(t.length).fill(EMPTY);
  const paint = (label: number) => {
    const { labels } = faces[shapes[label]!]!;
    for (let i = 0; i < labels.length; i++) if (labels[i] === label) result[i] = label;
  };

  for (let i = 0; i < t.length; i++) if (t[i] === BACKGROUND) result[i] = BACKDROP;
  BEHIND.forEach(paint);
  INNER.forEach(paint);
  if (shapes[BROWS] !== TARGET_FACE) {
    // Brows that the driven face hides under hair are where the target has them.
    const driven = faces[shapes[BROWS]!]!.labels;
    for (let i = 0; i < t.length; i++) if (driven[i] === HAIR && t[i] === BROWS) result[i] = BROWS;
  }
  // A hat or a hand above the target's forehead is background that lies in front.
  const foreheads = foreheadRows(target);
  for (let i = 0; i < t.length; i++) {
    if (t[i] === BACKGROUND && Math.floor(i / width) <= foreheads[i % width]!) result[i] = BACKDROP;
  }
  IN_FRONT.forEach(paint);

  for (let i = 0; i < t.length; i++) {
    if (result[i] === BACKDROP) result[i] = BACKGROUND;
    else if (result[i] === EMPTY) {
      const shown = OUTER_LABELS.has(t[i]!) ? faces[shapes[t[i]!]!]!.labels[i]! : SKIN;
      result[i] = OUTER_LABELS.has(shown) ? shown : SKIN;
    }
  }

  const outline = faces[shapes[SKIN]!]!;
  const eyeLine = lowestRow(outline, EYES) ?? lowestRow(outline, BROWS) ?? Math.floor((2 * height) / 5);
  const noseLine = lowestRow(outline, NOSE) ?? Math.floor((3 * height) / 5);
  return { map: { width, height, labels: result }, hole: mismatch(faces, shapes, eyeLine), eyeLine, noseLine };
}
