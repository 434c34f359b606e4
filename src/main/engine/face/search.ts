/** Looks for all faces of a picture: upright and whole first, then turned, then in tiles. */
import { throwIfCancelled } from '#engine/errors.ts';
import type { FaceDetector } from './detector.ts';
import { type Corners, containment, type Detection, overlap } from './detector-head.ts';
import type { LandmarkModel } from './landmarks.ts';
import { MESH_POINTS } from './mesh.ts';
import type { PictureView } from './picture-view.ts';
import type { SquareRegion } from './region.ts';
import { isConsistent, judgeDetection, type Verdict } from './verification.ts';

export interface FoundFace {
  /** Tight bounds of the mesh. */
  readonly corners: Corners;
  /** The detector's probability. */
  readonly score: number;
  readonly verdict: Verdict;
}

export interface SearchOptions {
  /** Also turns the picture and goes through tiles when faces were found already. */
  readonly thorough: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Detections below these probabilities are not looked at. Tiles enlarge texture until it looks like faces. */
const MIN_SCORE = { whole: 0.3, tile: 0.45 } as const;
/** A whole-picture detection as sure as this is a face even where the mesh is unsteady, as on a profile. */
const SURE = { score: 0.7, presence: 0.95 } as const;
/** A picture whose best face is weaker than this may lie on its side. */
const WEAK_SCORE = 0.5;
/** Faces of a picture that suggest more, smaller ones: this many, or one smaller than this share of the long side. */
const CROWD = { faces: 3, share: 0.09 } as const;
/** Tiles: the long side divided by these, overlapping by two fifths, not smaller than the network's input. */
const TILE_DIVISORS = [2, 4, 8] as const;
const TILE_STEP = 0.6;
const MIN_TILE = 256;
/** Faces smaller than this are not reported, picture pixels. */
const MIN_FACE = 20;
/** Two meshes that cover each other by more than this are one face. */
const SAME_FACE = 0.5;

const sideOf = (corners: Corners): number => Math.max(corners[2] - corners[0], corners[3] - corners[1]);

/** Tight bounds of a mesh. */
export function boundsOfMesh(landmarks: Float32Array): Corners {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < MESH_POINTS; i++) {
    x0 = Math.min(x0, landmarks[3 * i]!);
    x1 = Math.max(x1, landmarks[3 * i]!);
    y0 = Math.min(y0, landmarks[3 * i + 1]!);
    y1 = Math.max(y1, landmarks[3 * i + 1]!);
  }
  return [x0, y0, x1, y1];
}

/** The whole picture, turned by a number of quarters. */
export const wholeRegion = (picture: PictureView, quarters = 0): SquareRegion => ({
  cx: picture.width / 2,
  cy: picture.height / 2,
  size: Math.max(picture.width, picture.height),
  angle: (quarters * Math.PI) / 2,
});

/** Overlapping square tiles that cover the picture, large ones first. */
export function tilesOf(width: number, height: number): SquareRegion[] {
  const long = Math.max(width, height);
  const starts = (length: number, tile: number): number[] => {
    if (length <= tile) return [(length - tile) / 2];
    const count = Math.ceil((length - tile) / (TILE_STEP * tile)) + 1;
    return Array.from({ length: count }, (_, i) => (i * (length - tile)) / (count - 1));
  };
  return TILE_DIVISORS.map((divisor) => long / divisor)
    .filter((size) => size >= MIN_TILE)
    .flatMap((size) =>
      starts(height, size).flatMap((y) =>
        starts(width, size).map((x) => ({ cx: x + size / 2, cy: y + size / 2, size, angle: 0 })),
      ),
    );
}

class Search {
  readonly faces: FoundFace[] = [];
  readonly #detector: FaceDetector;
  readonly #model: LandmarkModel;
  readonly #picture: PictureView;
  readonly #signal: AbortSignal | undefined;

  constructor(detector: FaceDetector, model: LandmarkModel, picture: PictureView, signal: AbortSignal | undefined) {
    this.#detector = detector;
    this.#model = model;
    this.#picture = picture;
    this.#signal = signal;
  }

  /** Looks into regions and keeps what proves to be a face. */
  async look(regions: readonly SquareRegion[], kind: 'upright' | 'turned' | 'tile'): Promise<void> {
    const threshold = kind === 'tile' ? MIN_SCORE.tile : MIN_SCORE.whole;
    const detections: Detection[] = [];
    for (const region of regions) {
      throwIfCancelled(this.#signal);
      detections.push(...(await this.#detector.detect(this.#picture, region, threshold)));
    }
    detections.sort((a, b) => b.score - a.score);
    // The best detection of a place speaks for it; weaker ones are tried only where it proves wrong.
    for (const detection of detections) {
      if (this.faces.some((face) => containment(face.corners, detection.corners) > SAME_FACE)) continue;
      const verdict = await judgeDetection(this.#model, this.#picture, detection, {
        reorient: kind !== 'tile',
        signal: this.#signal,
      });
      if (verdict === undefined) continue;
      const sure = kind === 'upright' && detection.score >= SURE.score && verdict.fit.presence >= SURE.presence;
      if (sure || isConsistent(verdict))
        this.#keep({ corners: boundsOfMesh(verdict.fit.landmarks), score: detection.score, verdict });
    }
  }

  #keep(face: FoundFace): void {
    if (sideOf(face.corners) < MIN_FACE || !liesInPicture(face.corners, this.#picture)) return;
    const known = this.faces.some(
      (other) => containment(other.corners, face.corners) > SAME_FACE || overlap(other.corners, face.corners) > 0.3,
    );
    if (!known) this.faces.push(face);
  }
}

/** At least half of the face lies inside the picture. */
function liesInPicture([x0, y0, x1, y1]: Corners, { width, height }: PictureView): boolean {
  const inside =
    Math.max(0, Math.min(x1, width) - Math.max(x0, 0)) * Math.max(0, Math.min(y1, height) - Math.max(y0, 0));
  return inside >= 0.5 * (x1 - x0) * (y1 - y0);
}

/**
 * All faces of a picture, largest first.
 * @throws CancelledError
 */
export async function findFaces(
  detector: FaceDetector,
  model: LandmarkModel,
  picture: PictureView,
  options: SearchOptions,
): Promise<FoundFace[]> {
  if (Math.min(picture.width, picture.height) < MIN_FACE) return [];
  const search = new Search(detector, model, picture, options.signal);
  const { faces } = search;
  await search.look([wholeRegion(picture)], 'upright');
  if (options.thorough || !faces.some((face) => face.score >= WEAK_SCORE)) {
    await search.look(
      [1, 2, 3].map((quarters) => wholeRegion(picture, quarters)),
      'turned',
    );
  }
  const long = Math.max(picture.width, picture.height);
  const crowded = faces.length >= CROWD.faces || faces.some((face) => sideOf(face.corners) < CROWD.share * long);
  if (options.thorough || faces.length === 0 || crowded) {
    await search.look(tilesOf(picture.width, picture.height), 'tile');
  }
  return faces.sort((a, b) => sideOf(b.corners) - sideOf(a.corners));
}
