/** Where the program of the threads that swap frames lies. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAppRoot } from '#engine/files/app-root.ts';

let chosen: string | undefined;

/** Names the program for this process; undefined goes back to the built one. */
export function setFrameWorker(file: string | undefined): void {
  chosen = file;
}

/**
 * The bundle that was built together with the code that runs; undefined where this code runs without a build, whose
 * threads could be of another version.
 * @param from address of a module of the running code
 */
export function frameWorkerFile(from: string = import.meta.url): string | undefined {
  if (chosen !== undefined) return chosen;
  const built = path.dirname(findAppRoot(from).engineEntry);
  const inside = path.relative(built, fileURLToPath(from));
  return inside.startsWith('..') || path.isAbsolute(inside) ? undefined : path.join(built, 'frame-worker.js');
}
