/** The photos that the window knows, by its own keys; the ids under them change with every engine process. */
import { create } from 'zustand';
import type { FileHandle, PhotoId, PhotoInfo } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { PhotoKey } from '../model/source-face.ts';

export interface Photo {
  readonly key: PhotoKey;
  readonly file: FileHandle;
  readonly name: string;
  /** What the engine last said about it; stays while the photo is closed, so that nothing on screen is lost. */
  readonly info: PhotoInfo;
  /** The id in the present engine process; null while it is not open there. */
  readonly id: PhotoId | null;
  readonly thorough: boolean;
  /** Why it could not be opened again; null otherwise. */
  readonly problem: ErrorReport | null;
}

/** Files that are on their way in: shown as placeholders. */
export interface Opening {
  readonly name: string;
  readonly well: Well;
}

export type Well = 'source' | 'target';

export interface PhotosState {
  readonly byKey: Readonly<Partial<Record<PhotoKey, Photo>>>;
  readonly opening: readonly Opening[];
}

export const usePhotos = create<PhotosState>()(() => ({ byKey: {}, opening: [] }));

export const photoOf = (key: PhotoKey | null): Photo | null =>
  key === null ? null : (usePhotos.getState().byKey[key] ?? null);

let keys = 0;

export function nextPhotoKey(): PhotoKey {
  keys += 1;
  return `p${keys}`;
}

export function putPhoto(photo: Photo): void {
  usePhotos.setState(({ byKey }) => ({ byKey: { ...byKey, [photo.key]: photo } }));
}

/** Changes a photo that is still known; a photo that has gone meanwhile stays gone. */
export function changePhoto(key: PhotoKey, change: Partial<Photo>): void {
  usePhotos.setState(({ byKey }) => {
    const photo = byKey[key];
    return photo ? { byKey: { ...byKey, [key]: { ...photo, ...change } } } : {};
  });
}

/** What the engine process had open is gone with it. */
export function forgetPhotoIds(): void {
  usePhotos.setState(({ byKey }) => ({
    byKey: Object.fromEntries(
      Object.entries(byKey).map(([key, photo]) => [key, photo ? { ...photo, id: null } : undefined]),
    ),
  }));
}
