/** The files that were opened last: kept by path on this side, offered to windows under opaque ids. */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';

const RECENT_LIMIT = 20;
const RECENT_VERSION = 1;

const recentSchema = z.object({
  version: z.literal(RECENT_VERSION),
  files: z.array(z.object({ id: z.string(), path: z.string(), name: z.string(), opened: z.iso.datetime() })),
});
type RecentEntry = z.infer<typeof recentSchema>['files'][number];

export interface RecentFile {
  readonly id: string;
  readonly name: string;
  /** ISO date and time. */
  readonly opened: string;
  readonly exists: boolean;
}

export interface RecentFiles {
  /** Never fails: a list that cannot be saved is kept for this run. */
  add(file: string, name?: string): Promise<void>;
  list(): Promise<RecentFile[]>;
  /** The path behind an id. @throws InputError when the id is unknown or its file is gone */
  find(id: string): Promise<{ path: string; name: string }>;
  /** Resolves to the number of files forgotten. @throws StorageError when the saved list cannot be changed */
  clear(): Promise<number>;
}

/** @param store the file that keeps the list; without it the list lives as long as the process */
export function openRecentFiles(store?: string): RecentFiles {
  let reading: Promise<RecentEntry[]> | undefined;
  let changed: RecentEntry[] | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<RecentEntry[]> => {
    reading ??= store === undefined ? Promise.resolve([]) : readRecent(store);
    const before = await reading;
    return changed ?? before;
  };
  /** Changes come one after the other, so that none is lost. Resolves to the list before. */
  const change = (next: (before: RecentEntry[]) => RecentEntry[]): Promise<RecentEntry[]> => {
    const turn = last.then(async () => {
      const before = await load();
      changed = next(before);
      if (store !== undefined) {
        const text = `${JSON.stringify({ version: RECENT_VERSION, files: changed }, null, 2)}\n`;
        await writeFileAtomic(store, text, { makeFolder: true });
      }
      return before;
    });
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    async add(file, name = path.basename(file)) {
      const entry = { id: randomBytes(12).toString('base64url'), path: file, name, opened: new Date().toISOString() };
      const put = change((before) => [entry, ...before.filter((other) => other.path !== file)].slice(0, RECENT_LIMIT));
      // A picture opens although the list cannot be saved: it is kept for this run.
      await put.catch((error: unknown) => console.error(error));
    },
    async list() {
      return Promise.all(
        (await load()).map(async ({ id, path: file, name, opened }) => ({
          id,
          name,
          opened,
          exists: await isFile(file),
        })),
      );
    },
    async find(id) {
      const entry = (await load()).find((candidate) => candidate.id === id);
      if (entry === undefined) throw new InputError('This file is not in the list of recent files.');
      if (!(await isFile(entry.path))) {
        throw new InputError('This file is no longer where it was.', {
          file: entry.name,
          action: 'Open it from its new place.',
        });
      }
      return { path: entry.path, name: entry.name };
    },
    async clear() {
      return (await change(() => [])).length;
    },
  };
}

/** A list that cannot be read is no reason to stop: it starts empty and is written anew with the next file. */
async function readRecent(store: string): Promise<RecentEntry[]> {
  try {
    return recentSchema.parse(JSON.parse(await readFile(store, 'utf8'))).files;
  } catch {
    return [];
  }
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
