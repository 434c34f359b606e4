/**
 * From BlazeFace's raw outputs to faces: anchors, decoding and weighted non-maximum suppression (Bazarevsky et al.,
 * "BlazeFace", 2019, section 3.4: overlapping predictions are blended, which steadies the box).
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** x0, y0, x1, y1. */
export type Corners = readonly [number, number, number, number];

export interface Detection {
  /** Probability in [0, 1]. */
  readonly score: number;
  readonly corners: Corners;
  /** Right eye, left eye (the person's own), nose tip, mouth, right ear, left ear. */
  readonly keypoints: readonly Point[];
}

export const DETECTOR_SIZE = 256;
export const KEYPOINTS = 6;

/** The two heads: their outputs in the model, pixels a cell, predictions a cell. */
export const DETECTOR_HEADS = [
  { scores: 'Identity', boxes: 'Identity_2', stride: 16, anchors: 2 },
  { scores: 'Identity_1', boxes: 'Identity_3', stride: 32, anchors: 6 },
] as const;

const VALUES_PER_BOX = 4 + 2 * KEYPOINTS;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Detections of one head, in pixels of the 256 x 256 input. Anchors are the centres of the cells; a box is offset and
 * size, every key point an offset, all in input pixels.
 */
export function decodeHead(
  scores: Float32Array,
  boxes: Float32Array,
  head: (typeof DETECTOR_HEADS)[number],
  threshold: number,
): Detection[] {
  const cells = DETECTOR_SIZE / head.stride;
  const found: Detection[] = [];
  scores.forEach((logit, index) => {
    const score = sigmoid(logit);
    if (!(score >= threshold)) return;
    const cell = Math.floor(index / head.anchors);
    const anchorX = ((cell % cells) + 0.5) * head.stride;
    const anchorY = (Math.floor(cell / cells) + 0.5) * head.stride;
    const [dx, dy, width, height, ...offsets] = boxes.subarray(index * VALUES_PER_BOX, (index + 1) * VALUES_PER_BOX);
    const cx = anchorX + dx!;
    const cy = anchorY + dy!;
    found.push({
      score,
      corners: [cx - width! / 2, cy - height! / 2, cx + width! / 2, cy + height! / 2],
      keypoints: Array.from({ length: KEYPOINTS }, (_, k) => ({
        x: anchorX + offsets[2 * k]!,
        y: anchorY + offsets[2 * k + 1]!,
      })),
    });
  });
  return found;
}

const area = (c: Corners): number => Math.max(0, c[2] - c[0]) * Math.max(0, c[3] - c[1]);

function intersection(a: Corners, b: Corners): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/** Intersection over union. */
export const overlap = (a: Corners, b: Corners): number => {
  const shared = intersection(a, b);
  return shared === 0 ? 0 : shared / (area(a) + area(b) - shared);
};

/** Intersection over the smaller of the two: near 1 when one lies inside the other. */
export const containment = (a: Corners, b: Corners): number => {
  const shared = intersection(a, b);
  return shared === 0 ? 0 : shared / Math.min(area(a), area(b));
};

/** Replaces each group of detections that overlap its best one by more than `limit` by their score-weighted mean. */
export function weightedSuppression(detections: readonly Detection[], limit = 0.3): Detection[] {
  let rest = [...detections].sort((a, b) => b.score - a.score);
  const kept: Detection[] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const group = rest.filter((d) => d === best || overlap(d.corners, best.corners) > limit);
    rest = rest.filter((d) => !group.includes(d));
    const total = group.reduce((sum, d) => sum + d.score, 0);
    const mean = (read: (d: Detection) => number) => group.reduce((sum, d) => sum + d.score * read(d), 0) / total;
    kept.push({
      score: best.score,
      corners: [
        mean((d) => d.corners[0]),
        mean((d) => d.corners[1]),
        mean((d) => d.corners[2]),
        mean((d) => d.corners[3]),
      ],
      keypoints: best.keypoints.map((_, k) => ({
        x: mean((d) => d.keypoints[k]!.x),
        y: mean((d) => d.keypoints[k]!.y),
      })),
    });
  }
  return kept;
}
