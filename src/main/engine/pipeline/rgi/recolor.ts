/** Re-colouring: a face in the colours of a target by the re-colouring network, at 256 and enlarged (spec pipeline 5). */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { resizeNearest } from '#engine/image/exact/nearest-resize.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import { RECOLORER_SIZE } from '#engine/networks/recolorer.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { CROP_SIZE, LABEL_SIZE, RECOLORER } from './graphs.ts';
import type { FaceLabels } from './labels.ts';
import type { NetworkRunner } from './networks.ts';
import type { RgiFeatures } from './readiness.ts';
import { sharpeningInput } from './recolor-merge.ts';
import { fromUnit, normalisedTensor } from './tensors.ts';
import { upscale } from './upscale.ts';

/** A crop of 1024 pixels with its labels. */
export interface LabelledCrop {
  readonly picture: ByteImage;
  readonly labels: FaceLabels;
}

const SIDE = RECOLORER_SIZE;

const smallTensor = ({ picture }: LabelledCrop): TensorData =>
  normalisedTensor(fromByteImage(resizePil(picture, SIDE, SIDE, 'bicubic')));

/** By nearest neighbours: interpolated labels would be labels of other things. */
const labelTensor = ({ labels }: LabelledCrop): TensorData => ({
  dims: [1, 1, SIDE, SIDE],
  data: Float32Array.from(resizeNearest(labels.classes, LABEL_SIZE, LABEL_SIZE, SIDE, SIDE)),
});

/** `face` in the colours of `target` at 256; the target is never mirrored. */
export async function recolorSmall(
  networks: NetworkRunner,
  face: LabelledCrop,
  target: LabelledCrop,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const inputs = {
    picture: smallTensor(face),
    picture_labels: labelTensor(face),
    target: smallTensor(target),
    target_labels: labelTensor(target),
  };
  return fromUnit((await networks.run(RECOLORER, inputs, signal))['y']!);
}

/** `face` in the colours of `target` at 1024, sharpened by the upscaler where it is there. */
export async function recolorFace(
  networks: NetworkRunner,
  features: Pick<RgiFeatures, 'upscaling'>,
  face: LabelledCrop,
  target: LabelledCrop,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const small = await recolorSmall(networks, face, target, signal);
  if (!features.upscaling) return resizePil(small, CROP_SIZE, CROP_SIZE, 'bicubic');
  const data = sharpeningInput(small, CROP_SIZE);
  return upscale(networks, 'realesrgan-x4plus', { width: SIDE, height: SIDE, data }, signal);
}
