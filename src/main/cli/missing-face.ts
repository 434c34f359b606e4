import { NoFaceError } from '#engine/errors.ts';
import type { PhotoInfo } from '#shared/contract.ts';
import type { FaceChoice } from './options.ts';

/** The failure of a choice of faces, for every command that takes one. */
export function missingFace(photo: PhotoInfo, choice: FaceChoice): NoFaceError {
  if (photo.faces.length === 0) {
    return new NoFaceError('No face was found.', {
      file: photo.name,
      action: 'Choose another photo, or try --thorough.',
    });
  }
  const faces =
    photo.faces.length === 1
      ? '1 face, number 0'
      : `${photo.faces.length} faces, numbers 0 to ${photo.faces.length - 1}`;
  return new NoFaceError(`There is no face ${choice}; the photo has ${faces}.`, {
    file: photo.name,
    action: '"e4s detect" lists them.',
  });
}
