/** The one door to face analysis: finds all faces of a picture with their landmarks and poses. */
import type { RgbImage } from '#engine/image/picture.ts';
import { FaceDetector } from './detector.ts';
import { LandmarkModel, type MeshFit } from './landmarks.ts';
import { toLandmarks68 } from './landmarks68.ts';
import { PersonSegmenter } from './person-mask.ts';
import { PicturePyramid } from './picture-pyramid.ts';
import { anglesOf, type HeadAngles, poseOf } from './pose.ts';
import { boundsOfMesh, findFaces } from './search.ts';

export interface DetectedFace {
  /** x, y, width, height: tight bounds of the mesh, picture pixels; may reach beyond the picture. */
  readonly box: readonly [number, number, number, number];
  /** The detector's probability, [0, 1]. */
  readonly score: number;
  /** 478 x 3, continuous picture pixels; z in the same unit, smaller is nearer. */
  readonly landmarks: Float32Array<ArrayBuffer>;
  /** 68 x 2 in the dlib/iBUG order, continuous picture pixels. */
  readonly landmarks68: Float32Array<ArrayBuffer>;
  /** Degrees. */
  readonly pose: HeadAngles;
  /** The mesh network's belief in a face, [0, 1]. */
  readonly presence: number;
  /** How far differently placed looks disagree (`Verdict.disagreement`); absent for faces that were only followed. */
  readonly disagreement?: number | undefined;
}

export interface DetectOptions {
  /** Also looks for turned and small faces where ordinary ones were found. */
  readonly thorough?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AnalyserOptions {
  /** Threads of one operator; the runtime's own choice when absent. */
  readonly threads?: number | undefined;
}

/** A mesh as a face. */
export function faceOfFit(fit: MeshFit, score: number): DetectedFace {
  const [x0, y0, x1, y1] = boundsOfMesh(fit.landmarks);
  return {
    box: [x0, y0, x1 - x0, y1 - y0],
    score,
    landmarks: fit.landmarks,
    landmarks68: toLandmarks68(fit.landmarks),
    pose: anglesOf(poseOf(fit.landmarks).rotation),
    presence: fit.presence,
  };
}

/** A session that is opened when it is first needed; a failed opening may be tried again. */
class Lazy<Session extends AsyncDisposable> implements AsyncDisposable {
  readonly #open: () => Promise<Session>;
  #opened: Promise<Session> | undefined;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  get(): Promise<Session> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A failed opening was reported to who asked for it, and leaves nothing to close.
    const session = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    await session?.[Symbol.asyncDispose]();
  }
}

/** Opens its sessions when they are first needed and keeps them until it is disposed. */
export class FaceAnalyser implements AsyncDisposable {
  readonly #detector: Lazy<FaceDetector>;
  readonly #landmarks: Lazy<LandmarkModel>;
  readonly #segmenter: Lazy<PersonSegmenter>;

  constructor(options: AnalyserOptions = {}) {
    this.#detector = new Lazy(() => FaceDetector.open(options));
    this.#landmarks = new Lazy(() => LandmarkModel.open(options));
    this.#segmenter = new Lazy(() => PersonSegmenter.open(options));
  }

  /** The landmark model, for callers that follow a face from frame to frame. */
  landmarkModel(): Promise<LandmarkModel> {
    return this.#landmarks.get();
  }

  personSegmenter(): Promise<PersonSegmenter> {
    return this.#segmenter.get();
  }

  /**
   * All faces, largest first; an empty list when there is none.
   * @throws MissingPackError when the models were not built, CancelledError
   */
  async detect(image: RgbImage, options: DetectOptions = {}): Promise<DetectedFace[]> {
    const detector = await this.#detector.get();
    const found = await findFaces(detector, await this.landmarkModel(), new PicturePyramid(image), {
      thorough: options.thorough ?? false,
      signal: options.signal,
    });
    return found.map(({ verdict, score }) => ({
      ...faceOfFit(verdict.fit, score),
      disagreement: verdict.disagreement,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of [this.#detector, this.#landmarks, this.#segmenter]) await session[Symbol.asyncDispose]();
  }
}
