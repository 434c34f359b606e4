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

/** Opens its sessions when they are first needed and keeps them until it is disposed. */
export class FaceAnalyser implements AsyncDisposable {
  readonly #options: AnalyserOptions;
  #detector: Promise<FaceDetector> | undefined;
  #landmarks: Promise<LandmarkModel> | undefined;
  #segmenter: Promise<PersonSegmenter> | undefined;

  constructor(options: AnalyserOptions = {}) {
    this.#options = options;
  }

  /** The landmark model, for callers that follow a face from frame to frame. */
  landmarkModel(): Promise<LandmarkModel> {
    this.#landmarks ??= LandmarkModel.open(this.#options);
    return this.#landmarks;
  }

  personSegmenter(): Promise<PersonSegmenter> {
    this.#segmenter ??= PersonSegmenter.open(this.#options);
    return this.#segmenter;
  }

  /**
   * All faces, largest first; an empty list when there is none.
   * @throws MissingPackError when the models were not built, CancelledError
   */
  async detect(image: RgbImage, options: DetectOptions = {}): Promise<DetectedFace[]> {
    this.#detector ??= FaceDetector.open(this.#options);
    const found = await findFaces(await this.#detector, await this.landmarkModel(), new PicturePyramid(image), {
      thorough: options.thorough ?? false,
      signal: options.signal,
    });
    return found.map(({ verdict, score }) => ({
      ...faceOfFit(verdict.fit, score),
      disagreement: verdict.disagreement,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = [this.#detector, this.#landmarks, this.#segmenter];
    this.#detector = undefined;
    this.#landmarks = undefined;
    this.#segmenter = undefined;
    for (const session of opened) await (await session)?.[Symbol.asyncDispose]();
  }
}
