/** Ends processes the hard way, and holds them still. */
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

/** Holds a process still while something else goes on. */
export async function whileStopped<T>(pid: number, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    signalProcess(pid, 'SIGCONT');
  }
}

interface Child {
  readonly pid: number;
  readonly program: string;
}

/** The processes that one started (Linux). */
async function childrenOf(parent: number): Promise<Child[]> {
  const children: Child[] = [];
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The name of the program, in brackets, may hold spaces and brackets.
    const end = stat.lastIndexOf(')');
    if (Number(stat.slice(end + 2).split(' ')[1]) !== parent) continue;
    children.push({ pid: Number(name), program: stat.slice(stat.indexOf('(') + 1, end) });
  }
  return children;
}

/** The ffmpeg and ffprobe processes below a process (Linux). */
export async function toolsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  return children.filter(({ program }) => /^ff(mpeg|probe)/.test(program)).map((child) => child.pid);
}

/** The engine of a studio behind the web shell (Linux). @param shell the shell's process */
export async function engineOf(shell: number | undefined): Promise<number> {
  const [engine] = shell === undefined ? [] : await childrenOf(shell);
  if (engine === undefined) throw new Error('the engine does not run');
  return engine.pid;
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
