/** Faces from the outputs of RetinaFace: anchors, offsets, and one box for each face. */
import type { Point } from './similarity.ts';

export interface FoundFace {
  /** Left, top, right, bottom in pixels. */
  readonly box: readonly [number, number, number, number];
  readonly score: number;
  /** Eyes, nose, corners of the mouth. */
  readonly landmarks: readonly Point[];
}

/** Distance of the cells of a level and the sides of its anchors, pixels. */
const LEVELS = [
  { step: 8, sides: [16, 32] },
  { step: 16, sides: [64, 128] },
  { step: 32, sides: [256, 512] },
] as const;

/** Units of the offsets, in sides of the anchor. */
const VARIANCE = { centre: 0.1, size: 0.2 } as const;

const SCORE_LIMIT = 0.9;
const MOST_CANDIDATES = 5000;
const MOST_FACES = 750;
const OVERLAP_LIMIT = 0.4;

/** Anchors of a picture: centre x, centre y, width, height in parts of the picture; [A, 4]. */
export function retinaAnchors(width: number, height: number): Float64Array {
  const out: number[] = [];
  for (const { step, sides } of LEVELS) {
    for (let i = 0; i < Math.ceil(height / step); i++) {
      for (let j = 0; j < Math.ceil(width / step); j++) {
        for (const side of sides) {
          out.push(((j + 0.5) * step) / width, ((i + 0.5) * step) / height, side / width, side / height);
        }
      }
    }
  }
  return Float64Array.from(out);
}

/** Intersection over union; boxes hold their border pixels. */
function overlap(a: FoundFace['box'], b: FoundFace['box']): number {
  const area = ([x0, y0, x1, y1]: FoundFace['box']) => (x1 - x0 + 1) * (y1 - y0 + 1);
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1);
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1);
  return (w * h) / (area(a) + area(b) - w * h);
}

export interface RetinaOutput {
  /** [A, 4] */
  readonly loc: Float32Array;
  /** [A, 2], probabilities of background and face. */
  readonly conf: Float32Array;
  /** [A, 10] */
  readonly landms: Float32Array;
}

/** Faces of a picture of width x height, the surest first; of faces that overlap only the surest one. */
export function decodeFaces({ loc, conf, landms }: RetinaOutput, width: number, height: number): FoundFace[] {
  const anchors = retinaAnchors(width, height);
  const candidates = Array.from({ length: conf.length / 2 }, (_, i) => i)
    .filter((i) => conf[2 * i + 1]! > SCORE_LIMIT)
    .sort((a, b) => conf[2 * b + 1]! - conf[2 * a + 1]!)
    .slice(0, MOST_CANDIDATES)
    .map((i): FoundFace => {
      const [cx, cy, w, h] = anchors.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
      const x = cx + loc[4 * i]! * VARIANCE.centre * w;
      const y = cy + loc[4 * i + 1]! * VARIANCE.centre * h;
      const halfWidth = (w * Math.exp(loc[4 * i + 2]! * VARIANCE.size)) / 2;
      const halfHeight = (h * Math.exp(loc[4 * i + 3]! * VARIANCE.size)) / 2;
      return {
        box: [(x - halfWidth) * width, (y - halfHeight) * height, (x + halfWidth) * width, (y + halfHeight) * height],
        score: conf[2 * i + 1]!,
        landmarks: Array.from(
          { length: 5 },
          (_, k): Point => [
            (cx + landms[10 * i + 2 * k]! * VARIANCE.centre * w) * width,
            (cy + landms[10 * i + 2 * k + 1]! * VARIANCE.centre * h) * height,
          ],
        ),
      };
    });
  const faces: FoundFace[] = [];
  for (const candidate of candidates) {
    if (faces.length === MOST_FACES) break;
    if (faces.every((face) => overlap(face.box, candidate.box) <= OVERLAP_LIMIT)) faces.push(candidate);
  }
  return faces;
}
