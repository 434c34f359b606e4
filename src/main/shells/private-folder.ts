/** A folder for pasted, uploaded and downloaded files: this user's alone, and gone when the studio ends. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const PREFIX = 'e4s-studio-';

export interface PrivateFolder extends AsyncDisposable {
  readonly path: string;
  /** The path for a new file of this name, in a folder of its own so that names never meet. */
  place(name: string): Promise<string>;
}

/**
 * Makes the folder. What a studio that was killed left behind is removed first: pictures do not stay in temporary
 * folders for others to find.
 * @param parent for tests; the system's folder for temporary files
 */
export async function openPrivateFolder(parent: string = os.tmpdir()): Promise<PrivateFolder> {
  await removeLeftovers(parent);
  // mkdtemp makes it readable for this user only.
  const folder = await mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`));
  return {
    path: folder,
    async place(name) {
      const own = path.join(folder, randomBytes(12).toString('hex'));
      await mkdir(own, { mode: 0o700 });
      return path.join(own, name);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Removes what studios that were killed left in `parent`. */
export async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await Promise.all(
    names.map(async (name) => {
      const owner = /^e4s-studio-(\d+)-\w{6}$/.exec(name)?.[1];
      if (owner === undefined || isAlive(Number(owner))) return;
      const folder = path.join(parent, name);
      const found = await stat(folder).catch(() => undefined);
      // Another user's folder is another user's business.
      if (found === undefined || (process.getuid !== undefined && found.uid !== process.getuid())) return;
      await rm(folder, { recursive: true, force: true });
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
