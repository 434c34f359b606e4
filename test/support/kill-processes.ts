/** Ends processes the hard way. */
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Sends a signal; one that ended by itself in the meantime needs none. @returns whether it was there */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The ffmpeg and ffprobe processes below a process (Linux). */
export async function toolsOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === pid && /\(ff(mpeg|probe)/.test(stat)) found.push(Number(name));
  }
  return found;
}

const LOOKS = 100;

/** Kills all ffmpeg and ffprobe processes below a process once there are some. @returns whether there were */
export async function killTools(child: ChildProcess): Promise<boolean> {
  for (let look = 0; look < LOOKS && child.pid !== undefined && child.exitCode === null; look++) {
    const tools = await toolsOf(child.pid);
    for (const tool of tools) signalProcess(tool, 'SIGKILL');
    if (tools.length > 0) return true;
    await delay(5);
  }
  return false;
}
