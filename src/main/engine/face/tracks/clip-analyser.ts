/**
 * Finds and follows the faces of a clip, frame by frame. The detector looks at the first frame, at every fifth, and when
 * a face is lost or a shot ends; between, the mesh is fitted where it lay. A stretch ends as soon as it is doubtful
 * whether it still shows the same person: who is who is concluded from all stretches afterwards (`identities.ts`).
 */
import { throwIfCancelled, UsageError } from '#engine/errors.ts';
import { FaceDetector } from '../detector.ts';
import { containment } from '../detector-head.ts';
import { LandmarkModel, type MeshFit, regionOfLandmarks } from '../landmarks.ts';
import type { SquareRegion } from '../region.ts';
import { boundsOfMesh, findFaces, tilesOf, wholeRegion } from '../search.ts';
import { isConsistent, judgeDetection } from '../verification.ts';
import { type ClipFrame, FrameView } from './frame-view.ts';
import { type FaceLook, lookAt } from './look.ts';
import {
  type AnalyserState,
  type FaceObservation,
  type FollowedFace,
  type FrameObservation,
  INITIAL_STATE,
} from './observation.ts';
import { isCut, thumbnailOf } from './scene-cut.ts';
import { sharpnessOf } from './sharpness.ts';
import { compareSignatures, resemblance, signatureOf } from './signature.ts';

export interface ClipAnalyserOptions {
  /** Threads of one operator; the networks are so small that one (default) is nearly as fast as two. */
  readonly threads?: number | undefined;
  /** Goes on behind the frames of an earlier analysis. */
  readonly state?: AnalyserState | undefined;
}

/** Raised when another analysis of the same clip would see other things: what was seen before is not used any more. */
export const TRACKING_VERSION = 1;

/** Frames from one search to the next, and while no face is there at all. */
const SEARCH_EVERY = { frames: 4, empty: 1 } as const;
/** Of so many searches one goes through a tile, for faces too small to be found in the whole picture. */
const TILE_EVERY = { searches: 3, empty: 2 } as const;
/** While no face is there, one of so many searches is as thorough as that of a photo. */
const ALL_EVERY = 24;
/** Detections below these probabilities are not looked at. */
const MIN_SCORE = { whole: 0.4, tile: 0.5 } as const;
/** Detections as sure as this are faces even where the mesh is unsteady, as on a profile. */
const SURE = { score: 0.7, presence: 0.95 } as const;
/** Faces smaller than this are not followed, pixels. */
const MIN_FACE = 20;

/** When a followed face is lost, or doubtful. */
const FOLLOW = {
  /** Least presence. */
  presence: 0.5,
  /** Greatest movement from where it was expected, shares of the region's side. */
  movement: 0.3,
  /** Greatest change of size in one frame, as a factor. */
  size: 1.25,
  /** Greatest turn in one frame, radians. */
  turn: 0.6,
  /** Least resemblance to what the face looked like so far. */
  resemblance: 0.55,
} as const;
/** A region that moves or grows by more than this share is looked at again. */
const SETTLED = 0.04;
/** Two meshes that cover each other by more than this are on one face. */
const SAME_FACE = 0.5;
/** Share of the newest signature in the running mean. */
const LEARNING = 0.15;

export class ClipAnalyser implements AsyncDisposable {
  readonly #detector: FaceDetector;
  readonly #model: LandmarkModel;
  #state: AnalyserState;

  private constructor(detector: FaceDetector, model: LandmarkModel, state: AnalyserState) {
    this.#detector = detector;
    this.#model = model;
    this.#state = state;
  }

  /** @throws MissingPackError when the models were not built */
  static async open({ threads = 1, state = INITIAL_STATE }: ClipAnalyserOptions = {}): Promise<ClipAnalyser> {
    const detector = await FaceDetector.open({ threads });
    try {
      return new ClipAnalyser(detector, await LandmarkModel.open({ threads }), state);
    } catch (error) {
      await detector[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** All that goes from one frame to the next; an analyser opened with it goes on to the last bit as this one would. */
  get state(): AnalyserState {
    return this.#state;
  }

  /**
   * Sees the next frame, whose pixels are not kept.
   * @throws UsageError when it is not the next one; CancelledError, and then the frame may be pushed again
   */
  async push(frame: ClipFrame, signal?: AbortSignal): Promise<FrameObservation> {
    const state = this.#state;
    if (frame.index !== state.next)
      throw new UsageError(`Frames are analysed in order: ${state.next} comes next, not ${frame.index}.`);
    const view = new FrameView(frame);
    const thumbnail = thumbnailOf(frame);
    const cut = isCut(state.thumbnail, thumbnail);

    const faces = cut ? [] : await this.#follow(view, state.followed, signal);
    const lost = faces.length < state.followed.length;
    let { nextStretch, searches, untilSearch } = state;
    if (untilSearch <= 0 || lost || cut) {
      const plan = planSearch(view, {
        start: cut || state.thumbnail.length === 0,
        lost,
        empty: faces.length === 0,
        searches,
      });
      const found =
        plan === 'all' ? await this.#searchAll(view, signal) : await this.#search(view, plan, faces, signal);
      for (const { fit, score } of found) {
        faces.push(beginStretch(view, nextStretch, fit, score));
        nextStretch += 1;
      }
      searches += 1;
      untilSearch = faces.length === 0 ? SEARCH_EVERY.empty : SEARCH_EVERY.frames;
    }
    faces.sort((a, b) => a.followed.stretch - b.followed.stretch);
    this.#state = {
      next: state.next + 1,
      nextStretch,
      untilSearch: untilSearch - 1,
      searches,
      thumbnail,
      followed: faces.map(({ followed }) => followed),
    };
    const { index, width, height } = frame;
    return { index, width, height, cut, faces: faces.map(({ observation }) => observation) };
  }

  async #follow(view: FrameView, before: readonly FollowedFace[], signal?: AbortSignal): Promise<Face[]> {
    const faces: Face[] = [];
    for (const face of before) {
      throwIfCancelled(signal);
      const followed = await this.#followOne(view, face);
      if (followed !== undefined) faces.push(followed);
    }
    return withoutDoubles(faces);
  }

  async #followOne(view: FrameView, face: FollowedFace): Promise<Face | undefined> {
    const last = regionOfLandmarks(face.landmarks);
    const expected = { ...last, cx: last.cx + face.motion[0], cy: last.cy + face.motion[1] };
    let fit = await this.#model.fit(view, expected);
    let region = regionOfLandmarks(fit.landmarks);
    if (fit.presence >= FOLLOW.presence && distance(region, expected) > SETTLED * expected.size) {
      fit = await this.#model.fit(view, region);
      region = regionOfLandmarks(fit.landmarks);
    }
    if (fit.presence < FOLLOW.presence || !follows(region, expected) || !isSeen(view, region)) return undefined;
    const look = lookAt(view, region);
    const signature = signatureOf(look, fit.landmarks);
    const likeness = resemblance(compareSignatures(signature, face.look));
    if (likeness < FOLLOW.resemblance) return undefined;
    return {
      observation: observe(fit, look, { ...face, signature }),
      likeness,
      region,
      followed: {
        stretch: face.stretch,
        score: face.score,
        landmarks: fit.landmarks,
        motion: [region.cx - last.cx, region.cy - last.cy],
        look: face.look.map((value, i) => value + LEARNING * (signature[i]! - value)),
      },
    };
  }

  /** What a region shows beside the faces that are known. */
  async #search(
    view: FrameView,
    { region, kind }: SearchPlan,
    known: readonly Face[],
    signal?: AbortSignal,
  ): Promise<FoundMesh[]> {
    const detections = await this.#detector.detect(view, region, MIN_SCORE[kind]);
    detections.sort((a, b) => b.score - a.score);
    const found: FoundMesh[] = [];
    const taken = known.map(({ region }) => boundsOfRegion(region));
    for (const detection of detections) {
      if (taken.some((corners) => containment(corners, detection.corners) > SAME_FACE)) continue;
      const verdict = await judgeDetection(this.#model, view, detection, { reorient: kind === 'whole', signal });
      if (verdict === undefined) continue;
      const sure = kind === 'whole' && detection.score >= SURE.score && verdict.fit.presence >= SURE.presence;
      if (!sure && !isConsistent(verdict)) continue;
      const region = regionOfLandmarks(verdict.fit.landmarks);
      const corners = boundsOfRegion(region);
      if (region.size < MIN_FACE * 1.5 || !isSeen(view, region)) continue;
      if (taken.some((other) => containment(other, corners) > SAME_FACE)) continue;
      taken.push(corners);
      found.push({ fit: verdict.fit, score: detection.score });
    }
    return found;
  }

  /** Everything a photo is searched for: where a shot begins, all its faces are wanted at once. */
  async #searchAll(view: FrameView, signal?: AbortSignal): Promise<FoundMesh[]> {
    const found = await findFaces(this.#detector, this.#model, view, { thorough: false, signal });
    return found.map(({ verdict, score }) => ({ fit: verdict.fit, score }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#detector[Symbol.asyncDispose]();
    await this.#model[Symbol.asyncDispose]();
  }
}

interface SearchPlan {
  readonly region: SquareRegion;
  readonly kind: 'whole' | 'tile';
}

/** Where to look for further faces: everywhere at the start of a shot, else the whole picture and tiles in turn. */
function planSearch(
  view: FrameView,
  at: { readonly start: boolean; readonly lost: boolean; readonly empty: boolean; readonly searches: number },
): SearchPlan | 'all' {
  if (at.start || (at.empty && at.searches % ALL_EVERY === ALL_EVERY - 1)) return 'all';
  const every = at.empty ? TILE_EVERY.empty : TILE_EVERY.searches;
  const tiles = tilesOf(view.width, view.height);
  const large = tiles.filter(({ size }) => size === tiles[0]!.size);
  if (at.lost || large.length === 0 || at.searches % every !== every - 1)
    return { region: wholeRegion(view), kind: 'whole' };
  return { region: large[Math.floor(at.searches / every) % large.length]!, kind: 'tile' };
}

interface FoundMesh {
  readonly fit: MeshFit;
  readonly score: number;
}

interface Face {
  readonly observation: FaceObservation;
  readonly followed: FollowedFace;
  readonly region: SquareRegion;
  /** Resemblance to what its stretch looked like so far, at most 1. */
  readonly likeness: number;
}

const observe = (
  { landmarks, presence }: MeshFit,
  look: FaceLook,
  { stretch, score, signature }: Pick<FaceObservation, 'stretch' | 'score' | 'signature'>,
): FaceObservation => ({
  stretch,
  score,
  presence,
  sharpness: sharpnessOf(look),
  signature,
  landmarks,
});

function beginStretch(view: FrameView, stretch: number, fit: MeshFit, score: number): Face {
  const region = regionOfLandmarks(fit.landmarks);
  const look = lookAt(view, region);
  const signature = signatureOf(look, fit.landmarks);
  return {
    observation: observe(fit, look, { stretch, score, signature }),
    likeness: 1,
    region,
    followed: { stretch, score, landmarks: fit.landmarks, motion: [0, 0], look: Float32Array.from(signature) },
  };
}

/** Where two followed faces have run together, the one that looks less like itself is given up. */
function withoutDoubles(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of faces.toSorted((a, b) => b.likeness - a.likeness)) {
    const corners = boundsOfMesh(face.observation.landmarks);
    const doubled = kept.some((other) => containment(boundsOfMesh(other.observation.landmarks), corners) > SAME_FACE);
    if (!doubled) kept.push(face);
  }
  return kept;
}

const distance = (a: SquareRegion, b: SquareRegion): number =>
  Math.max(Math.hypot(a.cx - b.cx, a.cy - b.cy), Math.abs(a.size - b.size));

function follows(region: SquareRegion, expected: SquareRegion): boolean {
  const moved = Math.hypot(region.cx - expected.cx, region.cy - expected.cy) / expected.size;
  const grown = Math.max(region.size / expected.size, expected.size / region.size);
  const turned = Math.abs(Math.atan2(Math.sin(region.angle - expected.angle), Math.cos(region.angle - expected.angle)));
  return moved <= FOLLOW.movement && grown <= FOLLOW.size && turned <= FOLLOW.turn;
}

/** The middle of the face lies in the picture. */
const isSeen = ({ width, height }: FrameView, { cx, cy }: SquareRegion): boolean =>
  cx >= 0 && cy >= 0 && cx < width && cy < height;

/** The face within its region, upright. */
const boundsOfRegion = ({ cx, cy, size }: SquareRegion): [number, number, number, number] => {
  const half = size / 3;
  return [cx - half, cy - half, cx + half, cy + half];
};
