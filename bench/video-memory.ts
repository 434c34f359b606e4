/**
 * Peak memory of a job on a long 720p clip against that on its first tenth. Each run is a process of its own, started as
 * `e4s swap` with the classic engine, so that its memory is its own; the programs that decode and encode are not counted.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { throwIfCancelled, UsageError } from '#engine/errors.ts';
import { modelsFolder } from '#engine/face/models/location.ts';
import { runTool } from '#engine/video/tool-process.ts';
import { openToolbox } from '#engine/video/toolbox.ts';
import { type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { movingFaceClip } from './moving-face.ts';

/** Frames of the short run; the long one has ten times as many. */
const FRAMES = 500;
const TIMES = 10;
const SOURCE = 'ines.webp';

interface MemoryRun {
  readonly frames: number;
  readonly peak_rss_bytes: number;
  readonly seconds: number;
}

/** The clip ten times, one after the other. */
async function repeat(clip: string, folder: string): Promise<string> {
  const { ffmpeg } = await openToolbox();
  const long = path.join(folder, 'long.mp4');
  const loop = ['-stream_loop', String(TIMES - 1), '-i', clip, '-c', 'copy', '-y', long];
  await runTool(ffmpeg, ['-v', 'error', '-nostdin', ...loop], { timeoutMs: 60_000 });
  return long;
}

async function measure(target: string, frames: number, options: BenchOptions, folder: string): Promise<MemoryRun> {
  const [, program] = process.argv;
  if (program === undefined) throw new UsageError('This measurement runs from the command line only.');
  const source = options.source ?? path.join(modelsFolder(), 'samples', SOURCE);
  const begin = performance.now();
  const args = ['swap', '--engine', 'classic', '--source', source, '--target', target, '--json'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, ...args, '--max-frames', String(frames), '--out', path.join(folder, `${frames}.mp4`)],
    { env: { ...process.env, E4S_HOME: folder }, signal: options.signal },
  );
  const result = JSON.parse(stdout) as { frames: number; peak_rss_bytes: number };
  return { frames: result.frames, peak_rss_bytes: result.peak_rss_bytes, seconds: (performance.now() - begin) / 1000 };
}

export async function videoMemory(options: BenchOptions): Promise<BenchReport> {
  const { onProgress, signal, runs = 1, frames = FRAMES } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-bench-'));
  try {
    onProgress?.(0, 'Making the clip');
    const clip = await repeat(await movingFaceClip(folder, frames), folder);
    const measured: { short: MemoryRun; long: MemoryRun }[] = [];
    for (let run = 0; run < runs; run++) {
      onProgress?.(run / runs, `${frames} frames`);
      const short = await measure(clip, frames, options, folder);
      throwIfCancelled(signal);
      onProgress?.((run + 1 / (TIMES + 1)) / runs, `${TIMES * frames} frames`);
      measured.push({ short, long: await measure(clip, TIMES * frames, options, folder) });
    }
    const json = {
      machine: describeMachine(),
      runs,
      unit: 'peak of the long run / peak of the short run',
      ...spread(measured.map(({ short, long }) => long.peak_rss_bytes / short.peak_rss_bytes)),
      measured,
    };
    return {
      json,
      lines: [
        `${json.machine.cpu}, ${json.machine.cores} cores, load ${json.machine.load_average[0]}`,
        ...measured.flatMap(({ short, long }) => [short, long].map(describe)),
        `long / short: ${json.median}`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const describe = ({ frames, peak_rss_bytes, seconds }: MemoryRun): string =>
  `${String(frames).padStart(6)} frames: peak ${Math.round(peak_rss_bytes / 1e6)} MB, ${seconds.toFixed(0)} s`;
