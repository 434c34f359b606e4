/** What every measurement gets and gives, and the numbers that all of them report. */
import os from 'node:os';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';

export interface BenchOptions {
  /** Repetitions; each measurement has its own default. */
  readonly runs?: number | undefined;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** A video for the video measurements. */
  readonly clip?: string | undefined;
  /** A label map for the network measurements. */
  readonly labels?: string | undefined;
  /** Side of generated pictures, frames of a clip and passes over them, for the measurements of tuning. */
  readonly size?: number | undefined;
  readonly frames?: number | undefined;
  readonly passes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  openStudio(): Promise<PhotoStudio>;
  readonly onProgress?: ((fraction: number, label: string) => void) | undefined;
}

export interface BenchReport {
  /** Has `machine`, `runs`, `median`, `min` and `max` at least. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

export type Bench = (options: BenchOptions) => Promise<BenchReport>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Median, smallest and largest of at least one value, two decimals. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  if (low === undefined || high === undefined) throw new RangeError('a spread needs a value');
  return { median: round((low + high) / 2), min: round(sorted[0] as number), max: round(sorted.at(-1) as number) };
}

/** The machine that the numbers belong to. */
export const describeMachine = () => ({
  cpu: os.cpus()[0]?.model ?? 'unknown',
  cores: os.availableParallelism(),
  memory_bytes: os.totalmem(),
  system: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  /** Other work on the machine makes numbers larger. */
  load_average: os.loadavg().map(round),
});
