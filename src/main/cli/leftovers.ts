/** Files and folders that are taken back when the command does not come to its end. */
import { rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Leftovers extends AsyncDisposable {
  add(file: string): void;
  /** A folder that is about to be made, and whatever of its path is not there either. */
  addFolder(folder: string): Promise<void>;
  /** The command succeeded: everything stays. */
  keep(): void;
}

export function removeOnFailure(): Leftovers {
  let files: string[] = [];
  /** The innermost first. */
  let folders: string[] = [];
  return {
    add: (file) => {
      files.push(file);
    },
    addFolder: async (folder) => {
      let at = path.resolve(folder);
      for (; (await stat(at).catch(() => undefined)) === undefined; at = path.dirname(at)) folders.push(at);
    },
    keep: () => {
      files = [];
      folders = [];
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(files.map((file) => rm(file, { force: true })));
      // One that was never made is gone; one that somebody else put something into stays.
      for (const folder of folders) await rmdir(folder).catch(() => undefined);
    },
  };
}
