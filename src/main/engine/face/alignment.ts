/**
 * FFHQ alignment: the oriented square round a face that all stages work in (Karras et al., "A Style-Based Generator
 * Architecture", 2019; E4S `utils/alignment.py`). Pixels are continuous: a pixel's centre lies at half numbers.
 */
import { type Affine, invertAffine } from '#engine/image/affine.ts';
import { RANGES_68 } from './landmarks68.ts';

export type Vector2 = readonly [number, number];

/** Centre and half axes of the square, picture pixels; `y` is `x` turned by a quarter clockwise. */
export interface FfhqFrame {
  readonly centre: Vector2;
  readonly x: Vector2;
  readonly y: Vector2;
}

/** Sides of working crops, pixels: multiples of 128, so that pyramids of six levels halve evenly. */
export const CROP_SIZES = [256, 384, 512, 768, 1024] as const;
export type CropSize = (typeof CROP_SIZES)[number];

/** How a square of the picture becomes a crop and back. */
export interface CropTransform {
  /** Side of the crop, pixels. */
  readonly size: number;
  readonly frame: FfhqFrame;
  readonly cropToPicture: Affine;
  readonly pictureToCrop: Affine;
}

const meanOf = (landmarks68: Float32Array, [first, last]: readonly [number, number]): Vector2 => {
  let [x, y] = [0, 0];
  for (let i = first; i <= last; i++) {
    x += landmarks68[2 * i]!;
    y += landmarks68[2 * i + 1]!;
  }
  return [x / (last - first + 1), y / (last - first + 1)];
};

const MOUTH_CORNERS = [48, 54] as const;

/** The oriented square of a face, from 68 x 2 landmarks: eyes give the level, eyes and mouth the size. */
export function ffhqFrame(landmarks68: Float32Array): FfhqFrame {
  const eyeA = meanOf(landmarks68, RANGES_68.rightEye);
  const eyeB = meanOf(landmarks68, RANGES_68.leftEye);
  const eyes: Vector2 = [(eyeA[0] + eyeB[0]) / 2, (eyeA[1] + eyeB[1]) / 2];
  const eyeToEye: Vector2 = [eyeB[0] - eyeA[0], eyeB[1] - eyeA[1]];
  const [a, b] = MOUTH_CORNERS.map((i): Vector2 => [landmarks68[2 * i]!, landmarks68[2 * i + 1]!]) as [
    Vector2,
    Vector2,
  ];
  const eyesToMouth: Vector2 = [(a[0] + b[0]) / 2 - eyes[0], (a[1] + b[1]) / 2 - eyes[1]];
  const direction: Vector2 = [eyeToEye[0] + eyesToMouth[1], eyeToEye[1] - eyesToMouth[0]];
  const halfSide = Math.max(2 * Math.hypot(...eyeToEye), 1.8 * Math.hypot(...eyesToMouth));
  const factor = halfSide / Math.hypot(...direction);
  const x: Vector2 = [direction[0] * factor, direction[1] * factor];
  return {
    centre: [eyes[0] + 0.1 * eyesToMouth[0], eyes[1] + 0.1 * eyesToMouth[1]],
    x,
    y: [-x[1], x[0]],
  };
}

/** Corners of the square: upper left, lower left, lower right, upper right, as the face sees them. */
export function ffhqQuad({ centre, x, y }: FfhqFrame): [Vector2, Vector2, Vector2, Vector2] {
  const corner = (sx: number, sy: number): Vector2 => [
    centre[0] + sx * x[0] + sy * y[0],
    centre[1] + sx * x[1] + sy * y[1],
  ];
  return [corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)];
}

/** Side of the square in picture pixels. */
export const frameSide = (frame: FfhqFrame): number => 2 * Math.hypot(...frame.x);

/** The smallest working size that holds the face at the picture's own resolution, up to `largest`. */
export function chooseCropSize(frame: FfhqFrame, largest: CropSize = 1024): CropSize {
  const side = frameSide(frame);
  return CROP_SIZES.find((size) => size >= side || size >= largest) ?? largest;
}

/**
 * The crop of side `size` that shows the frame.
 * @throws RangeError when the frame has no extent
 */
export function cropTransform(frame: FfhqFrame, size: number): CropTransform {
  const { centre, x, y } = frame;
  const cropToPicture: Affine = [
    (2 * x[0]) / size,
    (2 * y[0]) / size,
    centre[0] - x[0] - y[0],
    (2 * x[1]) / size,
    (2 * y[1]) / size,
    centre[1] - x[1] - y[1],
  ];
  return { size, frame, cropToPicture, pictureToCrop: invertAffine(cropToPicture) };
}

/** The crop of a face at the working size that fits it. */
export const alignFace = (landmarks68: Float32Array, largest?: CropSize): CropTransform => {
  const frame = ffhqFrame(landmarks68);
  return cropTransform(frame, chooseCropSize(frame, largest));
};

/** Points (n x 2 or n x 3, interleaved) through an affine map; a third coordinate is scaled along. */
export function mapPoints(points: Float32Array, map: Affine, dimensions: 2 | 3): Float32Array<ArrayBuffer> {
  const [a, b, c, d, e, f] = map;
  const scale = Math.sqrt(Math.abs(a * e - b * d));
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += dimensions) {
    const x = points[i]!;
    const y = points[i + 1]!;
    out[i] = a * x + b * y + c;
    out[i + 1] = d * x + e * y + f;
    if (dimensions === 3) out[i + 2] = points[i + 2]! * scale;
  }
  return out;
}
