/** Starts `job-process.ts` or one like it as a process group of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { buildEntry } from './build-entry.ts';
import type { JobProcessOrder } from './job-process.ts';
import type { RgiJobOrder } from './rgi-job-process.ts';

/** @param file relative to the repository */
export const buildJobProcess = (file = 'test/support/job-process.ts') =>
  buildEntry(file, {
    outside: ['sharp', 'onnxruntime-node', 'ffmpeg-static', '@ffmpeg-installer/ffmpeg', '@ffprobe-installer/ffprobe'],
  });

export interface RunningJob {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** All lines, when the process is gone. */
  readonly ended: Promise<readonly string[]>;
}

/**
 * @param program what `buildJobProcess` made
 * @param flags of Node
 */
export function runJobProcess(
  program: string,
  order: JobProcessOrder | RgiJobOrder,
  flags: readonly string[] = [],
): RunningJob {
  const child = spawn(process.execPath, [...flags, program, JSON.stringify(order)], {
    env: { ...process.env, E4S_JOB_PROCESS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const ended = new Promise<readonly string[]>((resolve) => child.on('close', () => resolve(lines)));
  return { child, lines, ended };
}
