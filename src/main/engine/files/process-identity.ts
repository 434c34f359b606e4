/**
 * Which process a number means: numbers are used again, so a process is known by its number and the time of its start.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { codeOf } from './atomic.ts';

export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Differs between two processes of one number; empty where the system does not tell. */
  readonly started: string;
}

let own: Promise<ProcessIdentity> | undefined;

/** This process. */
export function ownProcess(): Promise<ProcessIdentity> {
  own ??= startOf(process.pid).then((started) => ({ host: hostname(), pid: process.pid, started: started ?? '' }));
  return own;
}

/**
 * Whether the process still runs; undefined where that cannot be told: it belongs to another machine, or to another
 * container with its own numbers.
 */
export async function isRunning({ host, pid, started }: ProcessIdentity): Promise<boolean | undefined> {
  if (host !== hostname()) return undefined;
  if (!isTaken(pid)) return false;
  const now = await startOf(pid);
  return started === '' || now === undefined ? isTaken(pid) : now === started;
}

/** Whether a process has this number. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, but there.
    return codeOf(error) === 'EPERM';
  }
}

/** When a process was started, as the system writes it; undefined when it is not there or the system does not tell. */
async function startOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case 'linux':
      return linuxStart(pid);
    case 'win32':
      return answer('powershell', [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`,
      ]);
    default:
      return answer('ps', ['-o', 'lstart=', '-p', String(pid)]);
  }
}

/** Ticks after the boot, and which boot. A dead process that nobody has waited for counts as gone. */
async function linuxStart(pid: number): Promise<string | undefined> {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // The name in parentheses may hold anything, parentheses too; after it come the state (3) to the start (22).
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === undefined) return undefined;
  return state === 'Z' || state === 'X' ? 'gone' : `${boot.trim()} ${fields[18]}`;
}

async function answer(program: string, args: readonly string[]): Promise<string | undefined> {
  const ran = promisify(execFile)(program, args, { timeout: 10_000, windowsHide: true });
  const text = await ran.then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
  return text === '' ? undefined : text;
}
