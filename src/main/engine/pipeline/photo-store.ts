/** The pictures that the studio has open: their pixels in the file's own form, and the faces found in them. */
import { randomUUID } from 'node:crypto';
import { NoFaceError, UsageError } from '#engine/errors.ts';
import type { DetectedFace } from '#engine/face/faces.ts';
import { GEOMETRY_RULES, runGate } from '#engine/face/gate.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { type PhotoId, type PhotoInfo, photoIdSchema } from '#shared/contract.ts';

export interface OpenPhoto {
  readonly id: PhotoId;
  readonly name: string;
  readonly picture: DecodedPicture;
  faces: readonly DetectedFace[];
}

/** An id with the prefix that the contract asks for. */
export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

export class PhotoStore {
  readonly #photos = new Map<PhotoId, OpenPhoto>();

  add(name: string, picture: DecodedPicture, faces: readonly DetectedFace[]): OpenPhoto {
    const photo = { id: photoIdSchema.parse(newId('photo')), name, picture, faces };
    this.#photos.set(photo.id, photo);
    return photo;
  }

  /** @throws UsageError when no such picture is open */
  get(id: PhotoId): OpenPhoto {
    const photo = this.#photos.get(id);
    if (!photo) throw new UsageError('This picture is not open any more.', { action: 'Open it again.' });
    return photo;
  }

  /**
   * One face of a picture.
   * @throws NoFaceError when the picture has none, UsageError when it has no face of this number
   */
  face(id: PhotoId, index: number): DetectedFace {
    const { faces, name } = this.get(id);
    const face = faces[index];
    if (face) return face;
    if (faces.length === 0) {
      throw new NoFaceError('There is no face in this picture.', {
        file: name,
        action: 'Choose a picture in which a face is seen from the front.',
      });
    }
    throw new UsageError(`This picture has ${faces.length} faces; there is no number ${index}.`, { file: name });
  }

  delete(id: PhotoId): boolean {
    return this.#photos.delete(id);
  }

  clear(): void {
    this.#photos.clear();
  }
}

/** What the contract tells about one face. */
export function faceInfo({ picture, faces }: OpenPhoto, index: number): PhotoInfo['faces'][number] {
  const face = faces[index]!;
  return {
    index,
    box: [...face.box] as [number, number, number, number],
    score: face.score,
    yaw: face.pose.yaw,
    pitch: face.pose.pitch,
    roll: face.pose.roll,
    landmarks68: Array.from({ length: 68 }, (_, i): [number, number] => [
      face.landmarks68[2 * i]!,
      face.landmarks68[2 * i + 1]!,
    ]),
    warnings: runGate(GEOMETRY_RULES, { face, picture, faceCount: faces.length }),
  };
}

/** What the contract tells about an open picture. */
export function photoInfo(photo: OpenPhoto): PhotoInfo {
  const { id, name, picture, faces } = photo;
  return {
    photo: id,
    name,
    width: picture.width,
    height: picture.height,
    format: picture.format,
    grey: picture.channels < 3,
    hasAlpha: picture.channels === 2 || picture.channels === 4,
    bitDepth: picture.bitDepth,
    notices: [...picture.notices],
    faces: faces.map((_, index) => faceInfo(photo, index)),
  };
}
