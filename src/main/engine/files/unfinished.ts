/** Temporary files of writers that ended before they could give them their names. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { finalNameOf } from './temporary-name.ts';

/** A file that is being written changes all the time; a machine may sleep in between. */
const ABANDONED_MS = 60 * 60_000;

/**
 * Removes what nobody has written to for an hour. Folders that are not there, or refuse, are passed over.
 * @param now milliseconds since the epoch
 */
export async function removeUnfinishedFiles(folders: readonly string[], now: number = Date.now()): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (finalNameOf(name) === undefined) continue;
      const file = path.join(folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found === undefined || now - found.mtimeMs < ABANDONED_MS) continue;
      await rm(file, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
