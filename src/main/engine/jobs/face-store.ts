/**
 * What was seen of clips' faces, for further jobs on the same clips: a job finds here whatever another one has looked at.
 * It is a cache. A job has its own name for every record that it uses, so the store can go at any time.
 */
import { copyFile, link, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { toStorageError } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { sha256OfBytes } from '#engine/files/hash.ts';
import { temporaryPathFor } from '#engine/files/temporary-name.ts';
import type { FrameSpan } from '#shared/jobs.ts';
import { coverRange, listRecords } from './face-records.ts';
import { UNFINISHED } from './job-folder.ts';

/** The clip, and everything that decides what is seen in it. */
export type SeenIn = Readonly<Record<string, string>>;

export interface FaceStore {
  /**
   * Puts the records that help with a range into a folder, which is made, and appears with all of them or not at all.
   * @throws StorageError when the folder cannot be made
   */
  take(clip: SeenIn, span: FrameSpan, folder: string): Promise<void>;
  /** Keeps a record for others. A store that cannot take it goes without. */
  give(clip: SeenIn, file: string): Promise<void>;
  /** Throws away what is known of a clip. */
  forget(clip: SeenIn): Promise<void>;
  /** Forgets clips that nobody has used for long, and the oldest while there are too many. */
  tidy(): Promise<void>;
}

export interface FaceStoreLimits {
  readonly unusedMs: number;
  readonly bytes: number;
}

const DAY_MS = 24 * 3600 * 1000;
export const FACE_STORE_LIMITS: FaceStoreLimits = { unusedMs: 30 * DAY_MS, bytes: 2e9 };

/** @param folder made when it is needed */
export function openFaceStore(folder: string, limits: FaceStoreLimits = FACE_STORE_LIMITS): FaceStore {
  const folderOf = (clip: SeenIn): string =>
    path.join(folder, sha256OfBytes(JSON.stringify(Object.entries(clip).sort())).slice(0, 32));

  return {
    async take(clip, span, to) {
      const from = folderOf(clip);
      const { pieces } = coverRange(await listRecords(from), span);
      const coming = `${to}${UNFINISHED}`;
      try {
        await rm(coming, { recursive: true, force: true });
        await makeFolder(coming);
        // A record that was forgotten this moment leaves a gap, which is looked at.
        for (const { file } of pieces)
          await linkOrCopy(file, path.join(coming, path.basename(file))).catch(() => undefined);
        await rename(coming, to);
      } catch (error) {
        throw toStorageError(error, to);
      }
      if (pieces.length > 0) await touch(from).catch(() => undefined);
    },

    async give(clip, file) {
      const to = folderOf(clip);
      try {
        await makeFolder(to);
        await linkOrCopy(file, path.join(to, path.basename(file)));
        await touch(to);
      } catch {
        // Nothing is lost but time: the next job looks for itself.
      }
    },

    forget: (clip) => rm(folderOf(clip), { recursive: true, force: true }),

    async tidy() {
      const names = await readdir(folder).catch(() => []);
      const clips = await Promise.all(names.map((name) => sizeUp(path.join(folder, name))));
      let room = limits.bytes;
      for (const { place, bytes, usedMs } of clips.toSorted((a, b) => b.usedMs - a.usedMs)) {
        room -= bytes;
        if (room < 0 || Date.now() - usedMs > limits.unusedMs) await rm(place, { recursive: true, force: true });
      }
    },
  };
}

/** Another name for the same bytes costs nothing; on another disk they have to be copied. What is there is replaced. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const coming = temporaryPathFor(to);
  try {
    await link(from, coming).catch(() => copyFile(from, coming));
    await rename(coming, to);
  } finally {
    // Renaming one name of a file over another one of the same file leaves both.
    await rm(coming, { force: true });
  }
}

const touch = (folder: string): Promise<void> => utimes(folder, new Date(), new Date());

async function sizeUp(place: string): Promise<{ place: string; bytes: number; usedMs: number }> {
  const names = await readdir(place).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(place, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const usedMs = await stat(place).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return { place, bytes: sizes.reduce((sum, size) => sum + size, 0), usedMs };
}
