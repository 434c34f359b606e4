/**
 * What the rgi engine finds out about faces before it generates: of a source once, of a target photo or frame, and of
 * the source driven by that target. Crops are FFHQ crops of 1024 pixels.
 */
import { toLandmarks68 } from '#engine/face/landmarks68.ts';
import { toByteImage } from '#engine/image/exact/byte-image.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import type { AlignedFace } from '../aligned-face.ts';
import type { RgiContext } from './context.ts';
import { enhanceDriven, type FivePoints } from './enhance.ts';
import { styleVectors } from './generate.ts';
import { CROP_SIZE } from './graphs.ts';
import { type FaceLabels, labelsOfFace } from './labels.ts';
import type { NetworkRunner } from './networks.ts';
import { recolorSmall } from './recolor.ts';
import { driveFace, type SourceMotion, sourceMotion } from './reenact.ts';
import { restoreFace } from './restore.ts';

/** Networks, and which parts of the engine they allow. */
export interface Prepare {
  readonly networks: NetworkRunner;
  readonly features: RgiContext['features'];
}

export interface RgiSource {
  readonly aligned: AlignedFace;
  readonly motion: SourceMotion;
}

/** A picture of 1024 pixels with its labels and style vectors. */
export interface EncodedFace {
  readonly picture: ByteImage;
  readonly labels: FaceLabels;
  /** [12, 1280]; zeros for regions that the face lacks. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

export interface RgiTarget extends EncodedFace {
  readonly aligned: AlignedFace;
}

function requireCrop({ size }: AlignedFace): void {
  if (size !== CROP_SIZE) throw new RangeError(`the rgi engine works in crops of ${CROP_SIZE} pixels, not ${size}`);
}

/** What depends on the source alone. @throws MissingPackError, CancelledError */
export async function readSource(
  { networks }: Prepare,
  aligned: AlignedFace,
  signal?: AbortSignal,
): Promise<RgiSource> {
  requireCrop(aligned);
  return { aligned, motion: await sourceMotion(networks, toByteImage(aligned.crop), signal) };
}

/** Labels and style vectors of any crop. @throws MissingPackError, CancelledError */
export async function encodeFace(
  { networks }: Prepare,
  picture: ByteImage,
  signal?: AbortSignal,
): Promise<EncodedFace> {
  const labels = await labelsOfFace(networks, picture, signal);
  return { picture, labels, vectors: await styleVectors(networks, picture, labels.regions, signal) };
}

/** What depends on the target alone: a photo's face, or a face in a frame. @throws MissingPackError, CancelledError */
export async function encodeFrame(prepare: Prepare, aligned: AlignedFace, signal?: AbortSignal): Promise<RgiTarget> {
  requireCrop(aligned);
  return { aligned, ...(await encodeFace(prepare, toByteImage(aligned.crop), signal)) };
}

/** The source in the target's pose at 1024, sharpened where GPEN is there. @throws MissingPackError, CancelledError */
export async function drivePicture(
  { networks, features }: Prepare,
  source: RgiSource,
  target: Pick<RgiTarget, 'aligned' | 'picture'>,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const small = await driveFace(networks, source.motion, target.picture, signal);
  return enhanceDriven(networks, features, small, fivePoints(target.aligned), signal);
}

/** The driven face with its labels and style vectors. @throws MissingPackError, CancelledError */
export const driveFrame = async (
  prepare: Prepare,
  source: RgiSource,
  target: Pick<RgiTarget, 'aligned' | 'picture'>,
  signal?: AbortSignal,
): Promise<EncodedFace> => encodeFace(prepare, await drivePicture(prepare, source, target, signal), signal);

/**
 * The driven face in the colours of the target as PTI learns from it (spec pipeline 5.7): re-coloured at 256, restored
 * to 1024, and as soft as 512. @throws MissingPackError, CancelledError
 */
export async function recolorFrame(
  { networks, features }: Prepare,
  driven: EncodedFace,
  target: EncodedFace,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const small = await recolorSmall(networks, driven, target, signal);
  const large = resizePil(small, CROP_SIZE, CROP_SIZE, 'bicubic');
  return soften(await restoreFace(networks, features, large, signal));
}

/** Down to half the size and back, bicubic: what the video pipeline does to generated frames. */
export const soften = (picture: ByteImage): ByteImage => {
  const { width, height } = picture;
  return resizePil(resizePil(picture, width / 2, height / 2, 'bicubic'), width, height, 'bicubic');
};

/** Landmarks of the 68 that make each of the five points. */
const FIVE = [[36, 37, 38, 39, 40, 41], [42, 43, 44, 45, 46, 47], [30], [48], [54]] as const;

/** Eyes, nose and corners of the mouth in the crop, in OpenCV's coordinates. */
function fivePoints({ landmarks }: AlignedFace): FivePoints {
  const points = toLandmarks68(landmarks);
  return FIVE.map((group) => {
    const mean = (axis: 0 | 1) => group.reduce((sum, i) => sum + points[2 * i + axis]!, 0) / group.length - 0.5;
    return [mean(0), mean(1)] as const;
  });
}
