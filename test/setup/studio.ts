/**
 * Vitest global set-up of the end-to-end tests: the build is brought up to date and one studio runs behind the web
 * shell, with a data folder of its own. Tests get its address by `inject('studioUrl')`; a test that needs a studio for
 * itself starts one with `startStudio` (`test/support/studio-process.ts`).
 */
import type { TestProject } from 'vitest/node';
import { startStudio } from '../support/studio-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address to open, with its token. */
    studioUrl: string;
    /** The process of the shell. */
    studioShell: number;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const studio = await startStudio();
  project.provide('studioUrl', studio.url);
  project.provide('studioShell', studio.shell.pid ?? 0);
  return () => studio.stop();
}
