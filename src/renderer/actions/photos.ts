/** Opening, searching, showing and closing photos, and putting them into the document. */
import type { GrantedFile, PhotoId } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { photosOf, withoutSource, withTarget } from '../model/document.ts';
import { matchFaces } from '../model/faces.ts';
import type { PhotoKey } from '../model/source-face.ts';
import { currentDocument, edit, selectFace } from '../state/edit.ts';
import {
  changePhoto,
  forgetPhotoIds,
  nextPhotoKey,
  type Opening,
  photoOf,
  putPhoto,
  usePhotos,
  type Well,
} from '../state/photos.ts';
import { PictureCache } from './pictures.ts';
import { adopt, place } from './placing.ts';

/** A file on its way in: its name, and how its handle is had. */
export interface Arrival {
  readonly name: string;
  readonly grant: () => Promise<GrantedFile>;
}

export type PhotoActions = ReturnType<typeof photoActions>;

/** @param fail shows a failure to the user */
export function photoActions(link: StudioLink, fail: (report: ErrorReport) => void) {
  const cache = new PictureCache();
  const reopening = new Map<PhotoKey, Promise<PhotoId>>();

  /** Opens files and puts them into the well, in order; a file that fails is reported and the others go on. */
  async function open(arrivals: readonly Arrival[], well: Well): Promise<PhotoKey[]> {
    const wanted = well === 'target' ? arrivals.slice(0, 1) : arrivals;
    const openings = wanted.map(({ name }): Opening => ({ name, well }));
    usePhotos.setState((state) => ({ opening: [...state.opening, ...openings] }));
    const keys: PhotoKey[] = [];
    for (const [index, arrival] of wanted.entries()) {
      try {
        const key = await openOne(await arrival.grant());
        place(key, well);
        keys.push(key);
      } catch (error) {
        fail(named(reportOf(error), arrival.name));
      } finally {
        usePhotos.setState((state) => ({ opening: state.opening.filter((o) => o !== openings[index]) }));
      }
    }
    return keys;
  }

  async function openOne({ file, name }: GrantedFile): Promise<PhotoKey> {
    const info = await link.engine().photo.open({ file, thorough: false });
    const key = nextPhotoKey();
    putPhoto({ key, file, name, info, id: info.photo, thorough: false, problem: null });
    return key;
  }

  /** The photo's id in the present engine process, opening it there again when it has to. */
  function ensureOpen(key: PhotoKey): Promise<PhotoId> {
    const photo = photoOf(key);
    if (!photo) return Promise.reject(new RangeError(`no photo ${key}`));
    if (photo.id !== null) return Promise.resolve(photo.id);
    const pending = reopening.get(key);
    if (pending) return pending;
    const again = link
      .engine()
      .photo.open({ file: photo.file, thorough: photo.thorough })
      .then((info) => {
        changePhoto(key, { info, id: info.photo, problem: null });
        return info.photo;
      })
      .catch((error: unknown) => {
        const report = reportOf(error);
        if (report.kind !== 'engine-lost') changePhoto(key, { problem: named(report, photo.name) });
        throw error;
      })
      .finally(() => reopening.delete(key));
    reopening.set(key, again);
    return again;
  }

  return {
    open,
    ensureOpen,

    /** Opens what the document names in an engine process that has just started. */
    async reopenAll(): Promise<void> {
      forgetPhotoIds();
      reopening.clear();
      for (const key of photosOf(currentDocument())) await ensureOpen(key).catch(() => undefined);
    },

    /** Looks again, in tiles and all rotations: slower, finds small and turned faces. */
    async searchThoroughly(key: PhotoKey): Promise<void> {
      try {
        const info = await link.engine().photo.detect({ photo: await ensureOpen(key), thorough: true });
        cache.drop(`thumb:${key}:`);
        const before = photoOf(key)?.info.faces ?? [];
        changePhoto(key, { info, thorough: true });
        adopt(key, matchFaces(before, info.faces));
      } catch (error) {
        fail(named(reportOf(error), photoOf(key)?.name));
      }
    },

    removeSource: (key: PhotoKey): void => edit((doc) => withoutSource(doc, key)),
    removeTarget(): void {
      edit((doc) => withTarget(doc, null, null, null));
      selectFace(null);
    },

    /** Closes in the engine what the document no longer names; the window keeps enough to open it again. */
    closeUnused(): void {
      const used = new Set(photosOf(currentDocument()));
      for (const photo of Object.values(usePhotos.getState().byKey)) {
        if (!photo || photo.id === null || used.has(photo.key)) continue;
        const { id } = photo;
        changePhoto(photo.key, { id: null });
        link
          .engine()
          .photo.close({ photo: id })
          .catch(() => undefined);
      }
    },

    /** The picture, not larger than `maxSide`. */
    view: (key: PhotoKey, maxSide: number): Promise<Blob> =>
      cache.get(`view:${key}:${maxSide}`, async () =>
        link.engine().photo.view({ photo: await ensureOpen(key), maxSide }),
      ),

    /** The aligned crop of one face. */
    faceThumb: (key: PhotoKey, face: number): Promise<Blob> =>
      cache.get(`thumb:${key}:${face}`, async () =>
        link.engine().photo.faceThumb({ photo: await ensureOpen(key), face, maxSide: 160 }),
      ),
  };
}

function named(report: ErrorReport, name: string | undefined): ErrorReport {
  return report.file === undefined ? { ...report, file: name } : report;
}
