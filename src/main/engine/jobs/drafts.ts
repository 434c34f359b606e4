/**
 * Jobs that only looked for people and wait to be told who gets which face. A page that is closed or loaded again leaves
 * them behind; what they saw is kept apart from them (`face-store.ts`), so that not much is lost when they go.
 */
import { stat, utimes } from 'node:fs/promises';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import type { StoredState } from './state.ts';

/** A draft that nobody has used for so long is removed. Milliseconds. */
export const DRAFT_MS = 24 * 3600 * 1000;
/** Uses are written down this often. */
const NOTE_MS = 60_000;

/** It was never started: also one whose search for people was cut off or failed. */
export const isLeftDraft = ({ stopAfter }: Manifest, { state }: StoredState): boolean =>
  stopAfter === 'analyse' && state !== 'done';

/** When it was last asked for anything, by any process. Milliseconds since 1970. */
export const lastUse = async ({ state }: JobFolder): Promise<number> => (await stat(state)).mtimeMs;

/** Notes that somebody uses the draft. */
export async function noteUse(folder: JobFolder, manifest: Manifest): Promise<void> {
  if (manifest.stopAfter === undefined) return;
  const now = Date.now();
  try {
    if (now - (await lastUse(folder)) > NOTE_MS) await utimes(folder.state, now / 1000, now / 1000);
  } catch {
    // It is being removed: then it is used no more.
  }
}
