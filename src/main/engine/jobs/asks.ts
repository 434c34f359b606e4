/** How one process asks another to stop a job: a small file in the job's folder that the working process looks for. */
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { StorageError } from '#engine/errors.ts';
import { lockOwner } from '#engine/files/lock.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

const askSchema = z.strictObject({ ask: z.enum(['pause', 'cancel']) });
export type Ask = z.infer<typeof askSchema>['ask'];

const LOOK_MS = 300;
/** A step of a network may keep the other process from looking for a while. */
const PATIENCE_MS = 120_000;

/** Calls `heard` once when somebody asks; stops looking when disposed. */
export function listenForAsks(folder: JobFolder, heard: (ask: Ask) => void): Disposable {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    readJson(folder.ask, askSchema)
      // A file that cannot be read asks for nothing.
      .catch(() => undefined)
      .then((found) => {
        looking = false;
        if (found) heard(found.ask);
      });
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Takes an answered request away. */
export const forgetAsks = ({ ask }: JobFolder): Promise<void> => rm(ask, { force: true });

/**
 * Asks the process that has the job, and waits until it has let go of it or is dead.
 * @throws StorageError when it does not answer
 */
export async function askOwner(folder: JobFolder, ask: Ask): Promise<void> {
  await writeJson(folder.ask, { ask });
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if ((await lockOwner(folder.lock)) === undefined) return forgetAsks(folder);
    await delay(LOOK_MS);
  }
  throw new StorageError('The process that works on this job does not answer.', {
    file: folder.root,
    action: 'End that process; the job can then be resumed.',
  });
}
