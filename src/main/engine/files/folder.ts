/** Folders that are made where they are missing. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the folder and whatever it lies in. Level by level: Node's own recursive `mkdir` never ends on file systems
 * that answer "no such file" to every attempt (`/proc` of Linux).
 * @throws the system's error with its `code`: EACCES where folders cannot be made, ENOTDIR where a file is in the way
 */
export const makeFolder = (folder: string): Promise<void> => makeLevel(folder, true);

/** @param retry whether an answer of "no such file" may have been overtaken by another maker of the parent */
async function makeLevel(folder: string, retry: boolean): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const there = await kindOf(folder);
    if (there === 'folder') return;
    if (there === 'file') throw refusal('ENOTDIR', folder, error);
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    const parentIsThere = (await kindOf(parent)) !== 'nothing';
    if (parentIsThere && !retry) throw refusal('EACCES', folder, error);
    if (!parentIsThere) await makeLevel(parent, true);
    await makeLevel(folder, false);
  }
}

async function kindOf(name: string): Promise<'folder' | 'file' | 'nothing'> {
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'folder' : 'file';
}

const refusal = (code: 'ENOTDIR' | 'EACCES', folder: string, cause: unknown): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: mkdir ${folder}`, { cause }), { code });
