/** A picture small enough to look for faces in: whole-number reduction straight from the samples. */
import type { DetectedFace } from '#engine/face/faces.ts';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { convertProfile } from '#engine/image/profile.ts';
import { toRgbImage, wholePicture } from '#engine/image/working.ts';

/** Pictures beyond this many pixels are reduced; a face of 40 pixels in them is still found. */
const LARGEST = 8_000_000;

export interface Overview {
  /** sRGB. */
  readonly image: RgbImage;
  /** Pixels of the picture in one of the overview. */
  readonly factor: number;
}

/** Mean colours of strips of the picture, so that no more than a strip is ever held as floats. */
function reduce(picture: DecodedPicture, factor: number): RgbImage {
  const width = Math.floor(picture.width / factor);
  const height = Math.floor(picture.height / factor);
  const n = width * height;
  const data = new Float32Array(3 * n);
  const share = 1 / (factor * factor);
  for (let y = 0; y < height; y++) {
    const strip = toRgbImage(picture, { x: 0, y: y * factor, width: width * factor, height: factor });
    const size = strip.width * factor;
    for (let k = 0; k < 3; k++) {
      for (let j = 0; j < size; j++)
        data[k * n + y * width + Math.floor((j % strip.width) / factor)]! += strip.data[k * size + j]! * share;
    }
  }
  return { width, height, data };
}

export async function overviewOf(picture: DecodedPicture, largest = LARGEST): Promise<Overview> {
  const factor = Math.max(1, Math.ceil(Math.sqrt((picture.width * picture.height) / largest)));
  const image = factor === 1 ? toRgbImage(picture, wholePicture(picture)) : reduce(picture, factor);
  return { image: await convertProfile(image, picture.icc, undefined), factor };
}

/** A face found in the overview, in pixels of the picture. */
export function enlargeFace(face: DetectedFace, factor: number): DetectedFace {
  if (factor === 1) return face;
  const [x, y, width, height] = face.box;
  return {
    ...face,
    box: [x * factor, y * factor, width * factor, height * factor],
    landmarks: face.landmarks.map((v) => v * factor),
    landmarks68: face.landmarks68.map((v) => v * factor),
  };
}
