/** Enhancement of the driven face, from 256 to 1024 (GPEN; spec pipeline 6.2). */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import { GPEN_SIZE } from '#engine/networks/gpen.ts';
import { decodeFaces, type FoundFace } from './gpen-detection.ts';
import {
  cutFace,
  detectorInput,
  enlargeForDetection,
  faceMask,
  fromSigned,
  pasteFaces,
  placeFace,
  type RestoredFace,
} from './gpen-face.ts';
import { CROP_SIZE, GPEN, GPEN_DETECTOR, GPEN_PARSER } from './graphs.ts';
import { largestPlane, parserClasses } from './labels.ts';
import type { NetworkRunner } from './networks.ts';
import type { RgiFeatures } from './readiness.ts';
import type { Point } from './similarity.ts';
import { numbersOf, signedTensor } from './tensors.ts';
import { upscale } from './upscale.ts';

/** Eyes, nose and corners of the mouth. */
export type FivePoints = readonly Point[];

/** Classes of BiSeNet that ParseNet calls hat (14) and cloth (18); all others are the same to the mask. */
const CLOTH = 16;
const HAT = 18;

/**
 * The driven face at 1024. Without GPEN it is enlarged as it is.
 * @param small the driven face at 256
 * @param expected five points of the face that drives it, pixels of the crop of 1024: where the face is, for a studio
 *   without GPEN's detector
 */
export async function enhanceDriven(
  networks: NetworkRunner,
  features: RgiFeatures,
  small: ByteImage,
  expected: FivePoints,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const enlarged = features.surroundings
    ? await upscale(networks, 'gpen-realesrnet-x4', fromByteImage(small), signal)
    : resizePil(small, CROP_SIZE, CROP_SIZE, 'bicubic');
  if (!features.enhancement) return enlarged;
  const picture = enlargeForDetection(small, CROP_SIZE);
  const found = features.faceDetection
    ? await detectFaces(networks, picture, signal)
    : [{ box: [0, 0, CROP_SIZE, CROP_SIZE], score: 1, landmarks: expected } satisfies FoundFace];
  const faces: RestoredFace[] = [];
  for (const face of found) faces.push(await restore(networks, features, picture, face, signal));
  return pasteFaces(enlarged, faces);
}

/** A crop shows one face; what else is found in it at most is a neighbour. */
const MOST_FACES = 2;

async function detectFaces(networks: NetworkRunner, picture: ByteImage, signal?: AbortSignal): Promise<FoundFace[]> {
  const x = { dims: [1, 3, CROP_SIZE, CROP_SIZE], data: detectorInput(picture) };
  const { loc, conf, landms } = await networks.run(GPEN_DETECTOR, { x }, signal);
  const output = { loc: numbersOf(loc), conf: numbersOf(conf), landms: numbersOf(landms) };
  return decodeFaces(output, CROP_SIZE, CROP_SIZE).slice(0, MOST_FACES);
}

async function restore(
  networks: NetworkRunner,
  features: RgiFeatures,
  picture: ByteImage,
  found: FoundFace,
  signal?: AbortSignal,
): Promise<RestoredFace> {
  const placement = placeFace(found.landmarks);
  const { y } = await networks.run(GPEN, { x: signedTensor(cutFace(picture, placement)) }, signal);
  const face = fromSigned(numbersOf(y), GPEN_SIZE);
  return { found, placement, picture: face, mask: faceMask(await labelsForMask(networks, features, face, signal)) };
}

/** Labels of the restored face in ParseNet's order, as far as the mask tells them apart. */
async function labelsForMask(
  networks: NetworkRunner,
  features: RgiFeatures,
  face: ByteImage,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (features.faceMask) {
    const { mask } = await networks.run(GPEN_PARSER, { x: signedTensor(face) }, signal);
    return largestPlane(numbersOf(mask), mask!.dims[1]!);
  }
  const classes = await parserClasses(networks, fromByteImage(face), signal);
  return classes.map((id) => (id === CLOTH ? 18 : id === HAT ? 14 : id === 0 ? 0 : 1));
}
