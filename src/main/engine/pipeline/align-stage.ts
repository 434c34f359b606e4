/** Alignment: cuts a face's square out of its photo at the size that the face has there. */
import { type CropTransform, chooseCropSize, cropTransform, ffhqFrame, mapPoints } from '#engine/face/alignment.ts';
import type { DetectedFace } from '#engine/face/faces.ts';
import { applyAffine } from '#engine/image/affine.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { convertProfile } from '#engine/image/profile.ts';
import { warpAffine } from '#engine/image/warp.ts';
import { type Rect, toRgbImage } from '#engine/image/working.ts';
import type { AlignedFace } from './aligned-face.ts';

/** The square of a face, or the whole picture when it is an aligned crop already. */
export function faceTransform(picture: DecodedPicture, face: DetectedFace, crop: boolean): CropTransform {
  const frame = ffhqFrame(face.landmarks68);
  if (crop) return cropTransform(frame, chooseCropSize(frame));
  const { width, height } = picture;
  const whole = { centre: [width / 2, height / 2], x: [width / 2, 0], y: [0, height / 2] } as const;
  return cropTransform(whole, chooseCropSize({ ...whole, x: [Math.max(width, height) / 2, 0] }));
}

/** The same square at another working size. */
export const resizedTransform = (transform: CropTransform, size: number): CropTransform =>
  transform.size === size ? transform : cropTransform(transform.frame, size);

/** The pixels of the picture that a crop looks at, with a margin for filtering; undefined when it lies outside. */
export function cropBounds(
  picture: { width: number; height: number },
  { size, cropToPicture }: CropTransform,
): Rect | undefined {
  const corners = [
    [0, 0],
    [size, 0],
    [0, size],
    [size, size],
  ].map(([x, y]) => applyAffine(cropToPicture, x!, y!));
  const margin = 4;
  const x0 = Math.max(0, Math.floor(Math.min(...corners.map(([x]) => x)) - margin));
  const y0 = Math.max(0, Math.floor(Math.min(...corners.map(([, y]) => y)) - margin));
  const x1 = Math.min(picture.width, Math.ceil(Math.max(...corners.map(([x]) => x)) + margin));
  const y1 = Math.min(picture.height, Math.ceil(Math.max(...corners.map(([, y]) => y)) + margin));
  return x1 > x0 && y1 > y0 ? { x: x0, y: y0, width: x1 - x0, height: y1 - y0 } : undefined;
}

/** Cuts the crop, in sRGB; black where it reaches beyond the picture. */
export async function alignFace(
  picture: DecodedPicture,
  face: DetectedFace,
  transform: CropTransform,
): Promise<AlignedFace> {
  const { size, cropToPicture, pictureToCrop } = transform;
  const landmarks = mapPoints(face.landmarks, pictureToCrop, 3);
  const bounds = cropBounds(picture, transform);
  if (!bounds) {
    return {
      size,
      crop: { width: size, height: size, data: new Float32Array(3 * size * size) },
      landmarks,
      toPhoto: cropToPicture,
    };
  }
  const own = toRgbImage(picture, bounds);
  // Frames of a video have no profile, and nothing to wait for.
  const part = picture.icc ? await convertProfile(own, picture.icc, undefined) : own;
  const [a, b, c, d, e, f] = cropToPicture;
  const crop = warpAffine(part, [a, b, c - bounds.x, d, e, f - bounds.y], size, size);
  return { size, crop, landmarks, toPhoto: cropToPicture };
}
