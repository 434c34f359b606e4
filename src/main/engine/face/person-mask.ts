/** Person or background: MediaPipe's selfie segmentation. */
import type { Plane, RgbImage } from '#engine/image/picture.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { openSession, type TensorSession } from '#engine/tensor/sessions.ts';
import { classicModelPath } from './models/location.ts';
import { PicturePyramid } from './picture-pyramid.ts';

/** Side of the network's input and output. */
const SIZE = 256;

export class PersonSegmenter implements AsyncDisposable {
  readonly #session: TensorSession;

  private constructor(session: TensorSession) {
    this.#session = session;
  }

  /** @throws MissingPackError when the model was not built */
  static async open(options: { readonly threads?: number | undefined } = {}): Promise<PersonSegmenter> {
    return new PersonSegmenter(await openSession(classicModelPath('person-mask'), { name: 'person-mask', ...options }));
  }

  /** Probability of person in [0, 1] for every pixel of a crop; computed at 256 x 256 and enlarged smoothly. */
  async mask(image: RgbImage): Promise<Plane> {
    const fits = image.width === SIZE && image.height === SIZE;
    const whole = [image.width / SIZE, 0, 0, 0, image.height / SIZE, 0] as const;
    const { data } = fits ? image : new PicturePyramid(image).crop(whole, SIZE, SIZE);
    const { activation_10: output } = await this.#session.run({ input_1: { dims: [1, 3, SIZE, SIZE], data } });
    const mask = new Float32Array(output!.data as Float32Array);
    if (fits) return { width: SIZE, height: SIZE, data: mask };
    return {
      width: image.width,
      height: image.height,
      data: resizePlane(mask, SIZE, SIZE, image.width, image.height),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
