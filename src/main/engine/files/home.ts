/** Where the user's own data lies: packs, jobs, caches, settings. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';
import { toStorageError } from './atomic.ts';
import { makeFolder } from './folder.ts';

export interface Home {
  readonly root: string;
  /** Imported model packs, one folder each. */
  readonly packs: string;
  /** Video jobs, one folder each. */
  readonly jobs: string;
  /** Tuned weights that are kept for later. */
  readonly tuned: string;
  /** Refined style vectors of photos. */
  readonly refined: string;
  /** May be deleted at any time. */
  readonly cache: string;
  /** What was seen of the faces of clips; may be deleted at any time. */
  readonly faces: string;
  /** Clips that pages sent for jobs, kept as long as their jobs. */
  readonly clips: string;
  /** Large files on their way from a page; empty when no studio runs. */
  readonly uploads: string;
  readonly settingsFile: string;
  readonly recentFile: string;
}

export const HOME_FOLDERS = ['packs', 'jobs', 'cache'] as const satisfies readonly (keyof Home)[];

/**
 * The folders of this user: `E4S_HOME` where it is set, else the system's place for application data.
 * Pure: nothing is created.
 */
export function findHome(env: NodeJS.ProcessEnv = process.env): Home {
  const chosen = env['E4S_HOME']?.trim();
  const root = chosen ? path.resolve(chosen) : envPaths('e4s-studio', { suffix: '' }).data;
  return {
    root,
    packs: path.join(root, 'packs'),
    jobs: path.join(root, 'jobs'),
    tuned: path.join(root, 'tuned'),
    refined: path.join(root, 'refined'),
    cache: path.join(root, 'cache'),
    faces: path.join(root, 'cache', 'faces'),
    clips: path.join(root, 'clips'),
    uploads: path.join(root, 'uploads'),
    settingsFile: path.join(root, 'settings.json'),
    recentFile: path.join(root, 'recent.json'),
  };
}

/**
 * Creates the folders and checks that they can be written.
 * @throws StorageError naming the folder
 */
export async function ensureHome(home: Home): Promise<void> {
  for (const folder of [home.root, ...HOME_FOLDERS.map((name) => home[name])]) {
    try {
      await makeFolder(folder);
      await access(folder, constants.W_OK);
    } catch (error) {
      throw toStorageError(error, folder);
    }
  }
}
