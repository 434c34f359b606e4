/** Files that are taken back when the command does not come to its end. */
import { rm } from 'node:fs/promises';

export interface Leftovers extends AsyncDisposable {
  add(file: string): void;
  /** The command succeeded: everything stays. */
  keep(): void;
}

export function removeOnFailure(): Leftovers {
  let files: string[] = [];
  return {
    add: (file) => {
      files.push(file);
    },
    keep: () => {
      files = [];
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(files.map((file) => rm(file, { force: true })));
    },
  };
}
