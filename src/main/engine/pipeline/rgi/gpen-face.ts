/**
 * GPEN's way round its networks (E4S `swap_face_fine/gpen`): faces from RetinaFace's output, the similarity that brings
 * a face to the place where the generator knows faces, and the restored face back in the enlarged picture. Points and
 * maps are in OpenCV's coordinates, in which a pixel's centre has whole numbers.
 */
import type { Affine } from '#engine/image/affine.ts';
import { toLevels } from '#engine/image/exact/byte-image.ts';
import { blurPlane, gaussianKernel } from '#engine/image/exact/gaussian.ts';
import { warpLevels, warpPlane } from '#engine/image/exact/warp-grid.ts';
import type { ByteImage, Plane } from '#engine/image/picture.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { GPEN_SIZE } from '#engine/networks/gpen.ts';
import type { FoundFace } from './gpen-detection.ts';
import { type Point, similarity, similarityWithScale } from './similarity.ts';

/** Where the generator expects eyes, nose and corners of the mouth at 512: ArcFace's template, moved and enlarged. */
export const GPEN_REFERENCE: readonly Point[] = (
  [
    [30.29459953, 51.69630051],
    [65.53179932, 51.50139999],
    [48.02519989, 71.73660278],
    [33.54930115, 92.3655014],
    [62.72990036, 92.20410156],
  ] as const
).map(([x, y]) => [((x + 8 + 28) * GPEN_SIZE) / 168, ((y + 28) * GPEN_SIZE) / 168]);

/** Picture at `side` pixels for the detector and for cutting faces out. */
export function enlargeForDetection(picture: ByteImage, side: number): ByteImage {
  const n = picture.width * picture.height;
  const data = new Uint8Array(3 * side * side);
  for (let k = 0; k < 3; k++) {
    const plane = Float32Array.from(picture.data.subarray(k * n, (k + 1) * n));
    data.set(toLevels(resizePlane(plane, picture.width, picture.height, side, side), 'round'), k * side * side);
  }
  return { width: side, height: side, channels: 3, data };
}

const CHANNEL_MEANS = [123, 117, 104];

/** The detector's input [1, 3, H, W]: blue, green and red, each less its mean. */
export function detectorInput({ width, height, data }: ByteImage): Float32Array<ArrayBuffer> {
  const n = width * height;
  const out = new Float32Array(3 * n);
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < n; i++) out[(2 - k) * n + i] = data[k * n + i]! - CHANNEL_MEANS[k]!;
  }
  return out;
}

export interface FacePlacement {
  /** Picture to the face at 512. */
  readonly toFace: Affine;
  readonly toPicture: Affine;
}

/** How a face with these five landmarks comes to the reference, and back. The way back keeps the scale, not the rotation. */
export function placeFace(landmarks: readonly Point[]): FacePlacement {
  const { map, scale } = similarity(landmarks, GPEN_REFERENCE);
  return { toFace: map, toPicture: similarityWithScale(GPEN_REFERENCE, landmarks, 1 / scale) };
}

/** The face at 512. */
export const cutFace = (picture: ByteImage, { toFace }: FacePlacement): ByteImage =>
  warpLevels(picture, toFace, GPEN_SIZE, GPEN_SIZE);

/** Levels as RGB in [-1, 1], the input of the generator and of ParseNet. */
export const toSigned = ({ data }: ByteImage): Float32Array<ArrayBuffer> =>
  Float32Array.from(data, (v) => v / 127.5 - 1);

/** RGB planes in [-1, 1] of a square picture as levels; what lies outside is clipped. */
export function fromSigned(values: Float32Array, side: number): ByteImage {
  const levels = values.map((v) => (v + 1) * 127.5);
  return { width: side, height: side, channels: 3, data: toLevels(levels, 'round') };
}

/** Labels of ParseNet that are no face: background, hat, cloth. */
const NO_FACE = new Set([0, 14, 18]);
const FRAME = 20;
const MASK_KERNEL = gaussianKernel(101, 11);

/** What of the restored face is pasted: its labels' face, away from the border and blurred twice, 512 x 512. */
export function faceMask(labels: ArrayLike<number>): Plane {
  const side = GPEN_SIZE;
  let data = new Float32Array(side * side);
  for (let y = FRAME; y < side - FRAME; y++) {
    for (let x = FRAME; x < side - FRAME; x++) data[y * side + x] = NO_FACE.has(labels[y * side + x]!) ? 0 : 1;
  }
  for (let pass = 0; pass < 2; pass++) data = blurPlane(data, side, side, MASK_KERNEL);
  return { width: side, height: side, data };
}

export interface RestoredFace {
  readonly found: FoundFace;
  readonly placement: FacePlacement;
  /** RGB, 512. */
  readonly picture: ByteImage;
  readonly mask: Plane;
}

/** Faces whose box is smaller are smoothed, pixels of the enlarged picture. */
const SMALL_FACE = 100;
const SMOOTHING = [0.25, 0.5, 0.25];

function smoothed(picture: ByteImage): ByteImage {
  const n = picture.width * picture.height;
  const data = new Uint8Array(picture.data.length);
  for (let k = 0; k < picture.channels; k++) {
    const plane = Float32Array.from(picture.data.subarray(k * n, (k + 1) * n));
    data.set(toLevels(blurPlane(plane, picture.width, picture.height, SMOOTHING), 'round'), k * n);
  }
  return { ...picture, data };
}

/** The enlarged picture with the restored faces in it; where two overlap, the one with more mask shows. */
export function pasteFaces(enlarged: ByteImage, faces: readonly RestoredFace[]): ByteImage {
  const { width, height } = enlarged;
  const n = width * height;
  const mask = new Float32Array(n);
  const top = new Float32Array(3 * n);
  for (const { found, placement, picture, mask: own } of faces) {
    const [left, upper, right, lower] = found.box;
    const small = Math.min(right - left, lower - upper) < SMALL_FACE;
    const face = warpLevels(small ? smoothed(picture) : picture, placement.toPicture, width, height);
    const share = warpPlane(own, placement.toPicture, width, height).data;
    for (let i = 0; i < n; i++) {
      if (share[i]! <= mask[i]!) continue;
      mask[i] = share[i]!;
      for (let o = i; o < 3 * n; o += n) top[o] = face.data[o]!;
    }
  }
  const mixed = new Float32Array(3 * n);
  for (let i = 0; i < mixed.length; i++) {
    const m = mask[i % n]!;
    mixed[i] = enlarged.data[i]! * (1 - m) + top[i]! * m;
  }
  return { ...enlarged, data: toLevels(mixed, 'round') };
}
