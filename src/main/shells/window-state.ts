/** Where the desktop window was and how large, kept over restarts. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '#engine/files/atomic.ts';

const boundsSchema = z.object({ x: z.int(), y: z.int(), width: z.int().min(200), height: z.int().min(200) });
const stateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() });
export type Bounds = z.infer<typeof boundsSchema>;
export type WindowState = z.infer<typeof stateSchema>;

/** The state of last time, or `undefined` when there is none that can be read. */
export async function readWindowState(file: string): Promise<WindowState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeWindowState(file: string, state: WindowState): Promise<void> {
  return writeFileAtomic(file, `${JSON.stringify(state)}\n`, { makeFolder: true });
}

/** True when the middle of the title bar lies on one of the screens: the window can be seen and moved. */
export function isReachable({ x, y, width }: Bounds, screens: readonly Bounds[]): boolean {
  const middle = x + width / 2;
  return screens.some(
    (screen) =>
      middle >= screen.x && middle < screen.x + screen.width && y >= screen.y && y < screen.y + screen.height - 40,
  );
}
