/**
 * Which window needs which picture. A page that is loaded again forgets what it had open; without this its pictures
 * would stay in memory for ever. A connection that merely broke is followed by another one that uses the same ids: the
 * pictures of a lost window are therefore closed only after a while, and go over to the window that uses them. Until
 * then they may take a limited share of memory.
 */
import type { PhotoId } from '#shared/contract.ts';

/** The pictures of one window. */
export interface WindowPhotos {
  /** The window uses this picture. @param bytes what it takes in memory, where that is known */
  hold(photo: PhotoId, bytes?: number): void;
  /** Closes a picture at once. False when it was not open. */
  close(photo: PhotoId): boolean;
  /** The window is gone. */
  end(): void;
}

export interface LeaseLimits {
  /** How long pictures of a lost window wait for another one. Milliseconds. */
  readonly graceMs: number;
  /** What all of them may take meanwhile; those that were used longest ago are closed first. */
  readonly orphanBytes: number;
}

interface Lease {
  readonly holder: WindowPhotos;
  readonly bytes: number;
}

/** @param closePhoto closes a picture; false when it is not open */
export function createPhotoLeases(
  closePhoto: (photo: PhotoId) => boolean,
  { graceMs, orphanBytes }: LeaseLimits,
): () => WindowPhotos {
  /** In the order of their last use. */
  const leases = new Map<PhotoId, Lease>();
  const lost = new Set<WindowPhotos>();

  function close(photo: PhotoId): boolean {
    leases.delete(photo);
    return closePhoto(photo);
  }

  function trimOrphans(): void {
    const orphans = [...leases].filter(([, { holder }]) => lost.has(holder));
    let held = orphans.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    for (const [photo, { bytes }] of orphans) {
      if (held <= orphanBytes) return;
      close(photo);
      held -= bytes;
    }
  }

  return () => {
    const window: WindowPhotos = {
      hold(photo, bytes = leases.get(photo)?.bytes ?? 0) {
        leases.delete(photo);
        leases.set(photo, { holder: window, bytes });
      },
      close,
      end() {
        lost.add(window);
        trimOrphans();
        const timer = setTimeout(() => {
          for (const [photo, { holder }] of leases) if (holder === window) close(photo);
          lost.delete(window);
        }, graceMs);
        timer.unref();
      },
    };
    return window;
  };
}
