/**
 * Which window needs which picture. A page that is loaded again forgets what it had open; without this its pictures
 * would stay in memory for ever. A connection that merely broke is followed by another one that uses the same ids: the
 * pictures of a lost window are therefore closed only after a while, and go over to the window that uses them.
 */
import type { PhotoId } from '#shared/contract.ts';

/** The pictures of one window. */
export interface WindowPhotos {
  /** The window uses this picture. */
  hold(photo: PhotoId): void;
  /** Closes a picture at once. False when it was not open. */
  close(photo: PhotoId): boolean;
  /** The window is gone. */
  end(): void;
}

/**
 * @param closePhoto closes a picture; false when it is not open
 * @param graceMs how long pictures of a lost window wait for another one
 */
export function createPhotoLeases(closePhoto: (photo: PhotoId) => boolean, graceMs: number): () => WindowPhotos {
  const holders = new Map<PhotoId, WindowPhotos>();

  return () => {
    const window: WindowPhotos = {
      hold(photo) {
        holders.set(photo, window);
      },
      close(photo) {
        holders.delete(photo);
        return closePhoto(photo);
      },
      end() {
        const timer = setTimeout(() => {
          for (const [photo, holder] of holders) if (holder === window) window.close(photo);
        }, graceMs);
        timer.unref();
      },
    };
    return window;
  };
}
