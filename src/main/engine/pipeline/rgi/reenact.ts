/** Re-enactment: the source's face in the pose and with the expression of the target, at 256 (face-vid2vid). */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { quarterRgb } from '#engine/image/exact/quarter.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { DRIVEN_FACE, SOURCE_MOTION } from './graphs.ts';
import type { NetworkRunner } from './networks.ts';
import { fromUnit, unitTensor } from './tensors.ts';

/** What re-enactment knows of a source, whatever drives it. */
export interface SourceMotion {
  /** Keypoints free of pose and expression. */
  readonly canonical: TensorData;
  readonly points: TensorData;
  /** Features of the face as a volume. */
  readonly volume: TensorData;
}

/** @param crop of 1024 pixels */
export async function sourceMotion(
  networks: NetworkRunner,
  crop: ByteImage,
  signal?: AbortSignal,
): Promise<SourceMotion> {
  const found = await networks.run(SOURCE_MOTION, { source: unitTensor(quarterRgb(fromByteImage(crop))) }, signal);
  return found as unknown as SourceMotion;
}

/** The driven face at 256. @param target crop of 1024 pixels that gives pose and expression, by absolute motion */
export async function driveFace(
  networks: NetworkRunner,
  source: SourceMotion,
  target: ByteImage,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const driving = unitTensor(quarterRgb(fromByteImage(target)));
  const { prediction } = await networks.run(DRIVEN_FACE, { ...source, driving }, signal);
  return fromUnit(prediction!);
}
