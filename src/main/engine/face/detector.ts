/** The face detector: BlazeFace over any turned square of a picture. */
import { applyAffine } from '#engine/image/affine.ts';
import { openSession, type TensorSession } from '#engine/tensor/sessions.ts';
import {
  type Corners,
  DETECTOR_HEADS,
  DETECTOR_SIZE,
  type Detection,
  decodeHead,
  weightedSuppression,
} from './detector-head.ts';
import { classicModelPath } from './models/location.ts';
import type { PictureView } from './picture-view.ts';
import { regionToPicture, type SquareRegion } from './region.ts';

export interface DetectorOptions {
  readonly threads?: number | undefined;
}

export class FaceDetector implements AsyncDisposable {
  readonly #session: TensorSession;

  private constructor(session: TensorSession) {
    this.#session = session;
  }

  /** @throws MissingPackError when the model was not built */
  static async open(options: DetectorOptions = {}): Promise<FaceDetector> {
    const session = await openSession(classicModelPath('face-detector'), { name: 'face-detector', ...options });
    return new FaceDetector(session);
  }

  /**
   * Faces of at least `threshold` probability in a region; faces that are upright in the region's own axes are found
   * best. Boxes and key points are in picture pixels, boxes along the picture's axes. Faces smaller than about a
   * twelfth of the region escape.
   */
  async detect(picture: PictureView, region: SquareRegion, threshold: number): Promise<Detection[]> {
    const toPicture = regionToPicture(region, DETECTOR_SIZE);
    const view = picture.crop(toPicture, DETECTOR_SIZE, DETECTOR_SIZE);
    // The network was trained on [-1, 1]; what lies outside the picture becomes black.
    const data = view.data.map((value) => 2 * value - 1);
    const outputs = await this.#session.run({ input: { dims: [1, 3, DETECTOR_SIZE, DETECTOR_SIZE], data } });
    const decoded = DETECTOR_HEADS.flatMap((head) =>
      decodeHead(
        outputs[head.scores]!.data as Float32Array,
        outputs[head.boxes]!.data as Float32Array,
        head,
        threshold,
      ),
    );
    return weightedSuppression(decoded).map((detection) => {
      const move = (x: number, y: number) => applyAffine(toPicture, x, y);
      const [x0, y0, x1, y1] = detection.corners;
      return {
        score: detection.score,
        corners: boundsOf([move(x0, y0), move(x1, y0), move(x0, y1), move(x1, y1)]),
        keypoints: detection.keypoints.map((point) => {
          const [x, y] = move(point.x, point.y);
          return { x, y };
        }),
      };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session[Symbol.asyncDispose]() as Promise<void>;
  }
}

function boundsOf(points: readonly (readonly [number, number])[]): Corners {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
