/** Folders that are made where they are missing. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the folder and whatever it lies in. Level by level: Node's own recursive `mkdir` never ends on file systems
 * that answer "no such file" to every attempt (`/proc` of Linux).
 * @throws the system's error with its `code`: EACCES where folders cannot be made, ENOTDIR where a file is in the way
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const there = await kindOf(folder);
    if (there === 'folder') return;
    if (there === 'file') throw refusal('ENOTDIR', folder, error);
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    if ((await kindOf(parent)) !== 'nothing') throw refusal('EACCES', folder, error);
    await makeFolder(parent);
    await makeFolder(folder);
  }
}

async function kindOf(name: string): Promise<'folder' | 'file' | 'nothing'> {
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'folder' : 'file';
}

const refusal = (code: 'ENOTDIR' | 'EACCES', folder: string, cause: unknown): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: mkdir ${folder}`, { cause }), { code });
