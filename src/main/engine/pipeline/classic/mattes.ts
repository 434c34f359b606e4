/** What lies over a face, as soft masks: over the target (it stays in front) and over the source (it must not travel). */
import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { blurInPlace, gaussianBlur } from '#engine/image/blur.ts';
import { lumaPlane } from '#engine/image/color.ts';
import { guidedUpsample } from '#engine/image/guided-filter.ts';
import { connectedTo, dilate } from '#engine/image/morphology.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane, outsideArena } from '#engine/image/planes.ts';
import { rampInPlace } from '#engine/image/pointwise.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { halfPlane, resizePlane } from '#engine/image/resize.ts';
import { memoOn } from '../memo.ts';
import type { ClassicFace } from './classic-face.ts';
import { contourPoints } from './contours.ts';
import { findGlasses } from './glasses.ts';
import { type FaceParse, PARSE_SIZE } from './parse/parse-face.ts';
import { findStrands } from './strands.ts';

/**
 * Probability of bare skin, smoothed a little: it is read at two different grids (source and target), which must not
 * make a difference.
 */
export const softSkin = memoOn(({ skin, size }: FaceParse) =>
  gaussianBlur(skin, size, size, (1.5 * size) / PARSE_SIZE.full),
);

/** Line strength from which a pixel belongs to a strand, and the gap between strands that is closed, parse pixels. */
const STRAND_LINE = 0.035;
const STRAND_MARGIN = 4;

const MATTE_RADIUS = 7;
const MATTE_EPS = 6e-4;

/**
 * Opacity of what covers the target's face (hair, frames, hands), at the size of the crop. The small map is enlarged
 * along the crop's edges, so single strands come out.
 */
export function occluderMatte(crop: RgbImage, parse: FaceParse, landmarks: Float32Array): Float32Array<ArrayBuffer> {
  const { size, skin, hair } = parse;
  const covered = newPlane(size * size);
  for (let i = 0; i < covered.length; i++) covered[i] = 1 - skin[i]! / Math.max(0.5, skin[i]! + hair[i]!);
  const strands = strandCover(parse, landmarks, crop.width);
  if (strands) for (let i = 0; i < covered.length; i++) covered[i] = Math.max(covered[i]!, strands[i]!);
  blurInPlace(covered, size, size, (0.7 * size) / PARSE_SIZE.full);
  const n = crop.width * crop.height;
  const guide = lumaPlane(crop.data, n);
  const small = halfPlane({ width: crop.width, height: crop.height, data: guide });
  const map = resizePlane(covered, size, size, small.width, small.height);
  const radius = (MATTE_RADIUS * crop.width) / 1024;
  const matte = guidedUpsample(
    { guide: small.data, map, width: small.width, height: small.height },
    guide,
    crop.width,
    crop.height,
    Math.max(2, radius),
    MATTE_EPS,
  );
  rampInPlace(matte, 0.2, 0.75);
  return matte;
}

/** Strands across a cheek with the gaps between them; undefined when there are none. */
function strandCover(parse: FaceParse, landmarks: Float32Array, cropSize: number): Float32Array | undefined {
  const { size } = parse;
  // Strands are thinner than the pixels of a coarse parse.
  if (size < PARSE_SIZE.full) return undefined;
  const { found, lines } = findStrands(parse, landmarks, cropSize);
  if (!found) return undefined;
  const marked = lines.map((l) => (l > STRAND_LINE ? 1 : 0));
  return dilate(marked, size, size, STRAND_MARGIN);
}

/** Features that keep their texture unless most of them is covered: growth of their zone, without and with glasses. */
const KEPT: readonly { part: FacePart; factor: number; behindGlasses: number; measured: boolean }[] = [
  { part: 'rightEye', factor: 1.3, behindGlasses: 1.2, measured: true },
  { part: 'leftEye', factor: 1.3, behindGlasses: 1.2, measured: true },
  { part: 'rightBrow', factor: 1.3, behindGlasses: 1, measured: true },
  { part: 'leftBrow', factor: 1.3, behindGlasses: 1, measured: true },
  // The frame runs over the nose.
  { part: 'nose', factor: 1.25, behindGlasses: 0, measured: false },
  { part: 'outerLips', factor: 1.3, behindGlasses: 1.3, measured: false },
];
/** Growth of the lips' zone on a side where a beard surrounds them, or the hair behind a turned face. */
const BEARDED_LIPS = 1.06;
/** Vertices in the middle of the upper lip's and of the lower lip's edge. */
const LIP_MIDDLES = { upper: 0, lower: 17 } as const;
const LARGEST_COVERED_SHARE = 0.3;
/** Line strength from which a pixel belongs to a frame. */
const FRAME_LINE = 0.05;
const FRAME_MARGIN = 2;
const HAIR_MARGIN = 3;

/** Share of the pixels under a mask (above 0.5) for which the test holds. */
function shareWhere(mask: Float32Array, test: (i: number) => boolean): number {
  let all = 0;
  let held = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]! <= 0.5) continue;
    all++;
    if (test(i)) held++;
  }
  return held / Math.max(1, all);
}

/** The side of a pixel from the line through the middles of both lips: positive or negative. */
function mouthSide(landmarks: Float32Array, scale: number, size: number): (i: number) => number {
  const of = (vertex: number) => [landmarks[3 * vertex]! * scale, landmarks[3 * vertex + 1]! * scale] as const;
  const [x, y] = of(LIP_MIDDLES.upper);
  const [xTo, yTo] = of(LIP_MIDDLES.lower);
  return (i) => ((i % size) - x) * (yTo - y) - (Math.floor(i / size) - y) * (xTo - x);
}

/**
 * Narrows the lips' zone on each side of the mouth that hair surrounds, each for itself: hair on one side alone lies
 * behind the outline of a turned face.
 * @param kept the zone, changed in place
 * @param around a wider one, in which hair is looked for
 */
function narrowBesideHair(
  kept: Float32Array,
  narrow: Float32Array,
  around: Float32Array,
  hair: Float32Array,
  side: (i: number) => number,
): void {
  for (const sign of [1, -1]) {
    const ring = around.map((z, i) => (narrow[i]! > 0.5 || sign * side(i) < 0 ? 0 : z));
    if (shareWhere(ring, (i) => hair[i]! >= 0.5) <= LARGEST_COVERED_SHARE) continue;
    for (let i = 0; i < kept.length; i++) if (sign * side(i) >= 0) kept[i] = Math.min(kept[i]!, narrow[i]!);
  }
}

/**
 * Where the source's own texture is hidden: hair hanging in from outside, strands and glasses, with a margin; and where
 * the mesh reaches beyond the face, over a collar or the background. A map of the parse's size, 1 = hidden.
 */
export const sourceCover = ({ parse, aligned }: ClassicFace): Float32Array => {
  let known = covers.get(parse);
  if (!known) {
    known = outsideArena(() => coverOf(parse, aligned.landmarks, aligned.size));
    covers.set(parse, known);
  }
  return known;
};
/** A parse belongs to one face, on whichever crop. */
const covers = new WeakMap<FaceParse, Float32Array>();

function coverOf(parse: FaceParse, landmarks: Float32Array, cropSize: number): Float32Array<ArrayBuffer> {
  const { size, hair, skin } = parse;
  const n = size * size;
  const scale = size / cropSize;
  const zone = (part: FacePart, factor: number) =>
    fillPolygon(growPolygon(contourPoints(landmarks, PARTS[part], scale), factor), size, size);
  const oval = zone('oval', 1);
  const hanging = connectedTo(
    size,
    size,
    (i) => oval[i]! < 0.2,
    (i) => hair[i]! > 0.35 || skin[i]! < 0.3,
  );
  const cover = dilate(Float32Array.from(hanging), size, size, HAIR_MARGIN);
  const glasses = findGlasses(parse, landmarks, cropSize);
  const worn = glasses.found || parse.darkGlasses;
  if (worn) {
    const frame = dilate(
      glasses.lines.map((l) => (l > FRAME_LINE ? 1 : 0)),
      size,
      size,
      FRAME_MARGIN,
    );
    for (let i = 0; i < n; i++) cover[i] = Math.max(cover[i]!, frame[i]!);
  }
  const crossed = strandCover(parse, landmarks, cropSize);
  if (crossed) for (let i = 0; i < n; i++) cover[i] = Math.max(cover[i]!, crossed[i]!);
  for (const { part, factor, behindGlasses, measured } of KEPT) {
    if (measured && shareWhere(zone(part, 1), (i) => hair[i]! >= 0.5) > LARGEST_COVERED_SHARE) continue;
    const growth = worn ? behindGlasses : factor;
    // Strands that cross a cheek cross nose and mouth too.
    if (growth === 0 || (crossed && !measured)) continue;
    const kept = zone(part, growth);
    if (part === 'outerLips')
      narrowBesideHair(kept, zone(part, BEARDED_LIPS), zone(part, 1.5), hair, mouthSide(landmarks, scale, size));
    for (let i = 0; i < n; i++) cover[i] = Math.max(0, cover[i]! - kept[i]!);
  }
  return gaussianBlur(cover, size, size, 1);
}
