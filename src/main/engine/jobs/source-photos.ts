/** The faces that a job takes from photos: found again in the job's own copies. */
import { NoFaceError } from '#engine/errors.ts';
import type { DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import { faceAt } from '#engine/face/same-face.ts';
import { decodePicture } from '#engine/image/decode.ts';
import type { FrameSource } from '#engine/pipeline/create-frame-swapper.ts';
import { enlargeFace, overviewOf } from '#engine/pipeline/overview.ts';
import type { PhotoFace, SwapperRequest } from './video-engine.ts';

/** Opens each photo once. @throws as `openSourcePhoto` */
export async function openSourcePhotos(
  analyser: Pick<FaceAnalyser, 'detect'>,
  sources: SwapperRequest['sources'],
): Promise<Map<number, FrameSource>> {
  const opened = new Map<string, FrameSource>();
  const byTrack = new Map<number, FrameSource>();
  for (const [track, photo] of sources) {
    const key = JSON.stringify(photo);
    const source = opened.get(key) ?? (await openSourcePhoto(analyser, photo));
    opened.set(key, source);
    byTrack.set(track, source);
  }
  return byTrack;
}

/**
 * Finds the chosen face: by its place where that is known, which is the same whatever else a search finds, else by its
 * number. One that a quick search misses is looked for thoroughly.
 * @throws InputError when it is no photo, NoFaceError when it has no such face, CancelledError
 */
export async function openSourcePhoto(
  analyser: Pick<FaceAnalyser, 'detect'>,
  { path, name, face, box }: PhotoFace,
  signal?: AbortSignal,
): Promise<FrameSource> {
  const picture = await decodePicture(path, name, signal);
  const { image, factor } = await overviewOf(picture);
  const search = async (thorough: boolean) =>
    (await analyser.detect(image, { thorough, signal })).map((found) => enlargeFace(found, factor));
  const faces = await search(false);
  if (box !== undefined) {
    const found = faceAt(faces, box) ?? faceAt(await search(true), box);
    if (found) return { picture, face: found };
    throw new NoFaceError('The chosen face is not found in this photo any more.', {
      file: name,
      action: 'Choose the face again.',
    });
  }
  if (faces.length === 0) {
    throw new NoFaceError('No face was found.', { file: name, action: 'Choose another photo.' });
  }
  return { picture, face: faces[face === 'largest' ? largestOf(faces) : face] ?? missing(face, faces.length, name) };
}

/** @returns the number of the largest face */
function largestOf(faces: readonly DetectedFace[]): number {
  const areas = faces.map(({ box: [, , width, height] }) => width * height);
  return areas.indexOf(Math.max(...areas));
}

function missing(face: number | string, count: number, file: string): never {
  throw new NoFaceError(`There is no face ${face} in this photo; it has ${count}, counted from 0.`, { file });
}
