/** Dense landmarks: MediaPipe's attention mesh (Grishchenko et al., "Attention Mesh", 2020) over a turned square. */
import { applyAffine } from '#engine/image/affine.ts';
import { openSession, type TensorData, type TensorSession } from '#engine/tensor/sessions.ts';
import type { Detection } from './detector-head.ts';
import { LANDMARKS, MESH_POINTS, PARTS, REFINED } from './mesh.ts';
import { classicModelPath } from './models/location.ts';
import type { PictureView } from './picture-view.ts';
import { regionToPicture, type SquareRegion } from './region.ts';

/** Side of the network's input. */
const INPUT = 192;
/** The network was trained on squares 1.5 times as large as the face. */
const MARGIN = 1.5;

export interface MeshFit {
  /**
   * 478 x 3, continuous picture pixels (a pixel's centre lies at half numbers); z in the same unit, smaller is nearer,
   * with an arbitrary origin.
   */
  readonly landmarks: Float32Array<ArrayBuffer>;
  /** The network's own belief that this is a face, [0, 1]. */
  readonly presence: number;
}

/** Output of the network → landmarks whose x and y it replaces. */
const REFINEMENTS = [
  { output: 'output_lips', landmarks: REFINED.lips },
  { output: 'output_left_eye', landmarks: REFINED.rightEye },
  { output: 'output_right_eye', landmarks: REFINED.leftEye },
] as const;

/** Irises get the mean depth of their eye's outline. The network names the sides of the picture. */
const IRISES = [
  { output: 'output_left_iris', landmarks: PARTS.rightIris, outline: PARTS.rightEye },
  { output: 'output_right_iris', landmarks: PARTS.leftIris, outline: PARTS.leftEye },
] as const;

/** Where to look for the mesh of a detected face: level with its eyes. */
export function regionOfDetection(detection: Detection): SquareRegion {
  const [x0, y0, x1, y1] = detection.corners;
  const [right, left] = detection.keypoints as [{ x: number; y: number }, { x: number; y: number }];
  return {
    cx: (x0 + x1) / 2,
    cy: (y0 + y1) / 2,
    size: MARGIN * Math.max(x1 - x0, y1 - y0),
    angle: Math.atan2(left.y - right.y, left.x - right.x),
  };
}

/** The square round a mesh, level with its outer eye corners. */
export function regionOfLandmarks(landmarks: Float32Array): SquareRegion {
  const [right, left] = [PARTS.rightEye[0], PARTS.leftEye[0]];
  const angle = Math.atan2(
    landmarks[3 * left + 1]! - landmarks[3 * right + 1]!,
    landmarks[3 * left]! - landmarks[3 * right]!,
  );
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [minU, minV, maxU, maxV] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < MESH_POINTS; i++) {
    const x = landmarks[3 * i]!;
    const y = landmarks[3 * i + 1]!;
    const u = cos * x + sin * y;
    const v = cos * y - sin * x;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  return { cx: cos * u - sin * v, cy: sin * u + cos * v, size: MARGIN * Math.max(maxU - minU, maxV - minV), angle };
}

const floats = (tensor: TensorData | undefined): Float32Array => tensor!.data as Float32Array;

export class LandmarkModel implements AsyncDisposable {
  readonly #session: TensorSession;

  private constructor(session: TensorSession) {
    this.#session = session;
  }

  /** @throws MissingPackError when the model was not built */
  static async open(options: { readonly threads?: number | undefined } = {}): Promise<LandmarkModel> {
    return new LandmarkModel(await openSession(classicModelPath('face-mesh'), { name: 'face-mesh', ...options }));
  }

  /** The mesh of the face that fills the middle of `region`. */
  async fit(picture: PictureView, region: SquareRegion): Promise<MeshFit> {
    const toPicture = regionToPicture(region, INPUT);
    const { data } = picture.crop(toPicture, INPUT, INPUT);
    const outputs = await this.#session.run({ input_1: { dims: [1, 3, INPUT, INPUT], data } });

    const local = new Float32Array(3 * LANDMARKS);
    local.set(floats(outputs['output_mesh_identity']));
    const place = (landmarks: readonly number[], refined: Float32Array): void => {
      landmarks.forEach((landmark, k) => {
        local[3 * landmark] = refined[2 * k]!;
        local[3 * landmark + 1] = refined[2 * k + 1]!;
      });
    };
    for (const { output, landmarks } of REFINEMENTS) place(landmarks, floats(outputs[output]));
    for (const { output, landmarks, outline } of IRISES) {
      place(landmarks, floats(outputs[output]));
      const depth = outline.reduce((sum, landmark) => sum + local[3 * landmark + 2]!, 0) / outline.length;
      for (const landmark of landmarks) local[3 * landmark + 2] = depth;
    }

    const landmarks = new Float32Array(3 * LANDMARKS);
    for (let i = 0; i < LANDMARKS; i++) {
      const [x, y] = applyAffine(toPicture, local[3 * i]!, local[3 * i + 1]!);
      landmarks.set([x, y, (local[3 * i + 2]! * region.size) / INPUT], 3 * i);
    }
    const logit = floats(outputs['conv_faceflag'])[0]!;
    return { landmarks, presence: 1 / (1 + Math.exp(-logit)) };
  }

  /** Fits again from the square round the last mesh: the first region, from a box, is too rough for sub-pixel work. */
  async refine(picture: PictureView, first: SquareRegion, passes: number): Promise<MeshFit> {
    let fit = await this.fit(picture, first);
    for (let pass = 1; pass < passes; pass++) fit = await this.fit(picture, regionOfLandmarks(fit.landmarks));
    return fit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session[Symbol.asyncDispose]() as Promise<void>;
  }
}
