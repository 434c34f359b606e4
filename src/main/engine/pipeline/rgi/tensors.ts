/** Pictures as the networks take them, and as they give them back. */
import { toLevels } from '#engine/image/exact/byte-image.ts';
import type { ByteImage, RgbImage } from '#engine/image/picture.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { toSigned } from './gpen-face.ts';

/** Statistics of ImageNet. */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;

const planes = (width: number, height: number, data: Float32Array): TensorData => ({
  dims: [1, 3, height, width],
  data,
});

/** RGB in [0, 1]. */
export const unitTensor = ({ width, height, data }: RgbImage): TensorData => planes(width, height, data);

/** RGB in [-1, 1]. */
export const signedTensor = (image: ByteImage): TensorData => planes(image.width, image.height, toSigned(image));

/** RGB in units of ImageNet's statistics. @param picture values in [0, 1] */
export function normalisedTensor({ width, height, data }: RgbImage): TensorData {
  const n = width * height;
  return planes(
    width,
    height,
    data.map((v, i) => (v - MEAN[Math.floor(i / n) as 0]) / STD[Math.floor(i / n) as 0]),
  );
}

/** The picture of an output in [0, 1]; what lies outside is clipped. */
export function fromUnit({ dims, data }: TensorData): ByteImage {
  const levels = (data as Float32Array).map((v) => v * 255);
  return { width: dims[3]!, height: dims[2]!, channels: 3, data: toLevels(levels, 'round') };
}

/** The numbers of a float output. */
export const numbersOf = (tensor: TensorData | undefined): Float32Array => tensor?.data as Float32Array;
