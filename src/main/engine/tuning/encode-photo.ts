/** A photo's face as tuning takes it: found, cut out, labelled and encoded by the networks of the rgi engine. */
import { NoFaceError } from '#engine/errors.ts';
import { type DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import { findHome } from '#engine/files/home.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { toByteImage } from '#engine/image/exact/byte-image.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { alignFace, faceTransform, resizedTransform } from '#engine/pipeline/align-stage.ts';
import { enlargeFace, overviewOf } from '#engine/pipeline/overview.ts';
import { faceMark, type RefinedIdentity, refinedWeights } from '#engine/pipeline/refined-face.ts';
import { openRgi, type RgiContextOptions, requireRgi } from '#engine/pipeline/rgi/context.ts';
import { type EncodedFace, encodeFace } from '#engine/pipeline/rgi/frame-preparation.ts';
import { CROP_SIZE } from '#engine/pipeline/rgi/graphs.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { signedPicture } from './frame-files.ts';
import type { EncodedPhoto } from './refine-photo.ts';

export interface EncodePhotoOptions extends RgiContextOptions {
  /** `largest`, or the number of the face, largest first. */
  readonly face?: 'largest' | number | undefined;
  /** False when the photo is an aligned crop already. */
  readonly crop?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const asEncodedPhoto = ({ picture, labels, vectors }: EncodedFace): EncodedPhoto => ({
  picture: signedPicture(picture),
  labels: labels.regions.labels,
  vectors: { dims: [1, REGION_COUNT, STYLE_VECTOR_SIZE], data: vectors },
});

/**
 * A face by itself, as a target is encoded, and what its refined vectors belong to. Nothing stays open.
 * @param name as the user knows the file
 * @throws InputError for what is no photo, NoFaceError, MissingPackError, CancelledError
 */
export async function encodePhoto(
  path: string,
  name: string,
  options: EncodePhotoOptions = {},
): Promise<{ photo: EncodedPhoto; identity: RefinedIdentity }> {
  const { face = 'largest', crop = true, signal } = options;
  await using rgi = await openRgi(options);
  const picture = await decodePicture(path, name, signal);
  const found = await findFace(picture, name, face, signal);
  const transform = resizedTransform(faceTransform(picture, found, crop), CROP_SIZE);
  const aligned = await alignFace(picture, found, transform);
  const photo = asEncodedPhoto(await encodeFace(rgi, toByteImage(aligned.crop), signal));
  const { packs } = options.home ?? findHome();
  const weights = refinedWeights(await requireRgi(packs), 'target');
  return { photo, identity: { side: 'target', target: await faceMark(picture, transform), source: '', weights } };
}

async function findFace(
  picture: DecodedPicture,
  file: string,
  wanted: 'largest' | number,
  signal: AbortSignal | undefined,
): Promise<DetectedFace> {
  await using analyser = new FaceAnalyser();
  const { image, factor } = await overviewOf(picture);
  const faces = (await analyser.detect(image, { thorough: false, signal })).map((face) => enlargeFace(face, factor));
  const area = ({ box: [, , width, height] }: DetectedFace): number => width * height;
  const ordered = faces.toSorted((a, b) => area(b) - area(a));
  const found = ordered[wanted === 'largest' ? 0 : wanted];
  if (found !== undefined) return found;
  throw new NoFaceError(
    faces.length === 0 ? 'No face was found.' : `There is no face ${wanted} in this photo; it has ${faces.length}.`,
    { file, action: 'Choose another photo.' },
  );
}
