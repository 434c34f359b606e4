/**
 * Clips of jobs that would otherwise go with the page that sent them: a job reads its clip for as long as it exists, an
 * upload is deleted when its page is gone.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, link, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { toStorageError } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { isTaken } from '#engine/files/process-identity.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import type { VideoFile } from './opened-videos.ts';

/** A clip at a place where it stays while a job is made; then a job must name it. */
export interface KeptClip extends Disposable {
  readonly file: VideoFile;
}

export interface KeptClips {
  /** A clip that nobody deletes stays where it is. @throws StorageError */
  keep(clip: VideoFile): Promise<KeptClip>;
  /** Deletes the clips that no job uses. @param used paths of the clips of all jobs */
  sweep(used: readonly string[]): Promise<void>;
}

/** Deletes the clips whose jobs are gone. */
export async function sweepClips(jobs: Pick<JobQueue, 'list' | 'filesOf'>, kept: KeptClips): Promise<void> {
  const ids = (await jobs.list()).map(({ id }) => id);
  const files = await Promise.allSettled(ids.map((id) => jobs.filesOf(id)));
  const used = files.flatMap((file) => (file.status === 'fulfilled' ? [file.value.target] : []));
  // A damaged job does not say which clip is its own: then none is deleted.
  if (used.length === files.length) await kept.sweep(used);
}

/** @param folder made when it is needed */
export function createKeptClips(folder: string): KeptClips {
  /** Clips whose jobs are just being made: no list of jobs names them yet. */
  const fresh = new Set<string>();
  return {
    async keep(clip) {
      if (!clip.temporary) return { file: clip, [Symbol.dispose]: () => undefined };
      // Who made it: while another process makes a job of its clip, no list of jobs names it.
      const name = `${process.pid}-${randomBytes(12).toString('hex')}`;
      const kept = path.join(folder, name, path.basename(clip.path));
      fresh.add(name);
      try {
        await makeFolder(path.dirname(kept));
        // Another name for the same bytes costs nothing; on another disk they have to be copied.
        await link(clip.path, kept).catch(() => copyFile(clip.path, kept));
      } catch (error) {
        fresh.delete(name);
        throw toStorageError(error, clip.name);
      }
      return { file: { path: kept, name: clip.name }, [Symbol.dispose]: () => fresh.delete(name) };
    },
    async sweep(used) {
      const needed = new Set(used.map((file) => path.basename(path.dirname(file))));
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        if (needed.has(name) || fresh.has(name) || madeByOther(name)) continue;
        await rm(path.join(folder, name), { recursive: true, force: true });
      }
    },
  };
}

/** Whether another process made it that still runs, or whose number is used again: then it goes later. */
function madeByOther(name: string): boolean {
  const pid = Number(/^(\d+)-/.exec(name)?.[1] ?? process.pid);
  return pid !== process.pid && isTaken(pid);
}
