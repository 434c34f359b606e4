/**
 * The rgi engine on one pair of photos: time and peak memory of each stage, from two opened photos to the finished
 * pixels. *Cold*: nothing is cached and no network is open. *Slider*: a setting changes, what does not depend on it
 * comes from the cache. Where the packs are not imported, networks of the official sizes with meaningless numbers take
 * their place: the pictures are noise, their masks are larger and more ragged than those of faces, time and memory are
 * about those of real packs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfCancelled } from '#engine/errors.ts';
import { findHome } from '#engine/files/home.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { rgiReadiness } from '#engine/pipeline/rgi/readiness.ts';
import { listPacks } from '#engine/weights/packs.ts';
import type { PhotoId, SwapResult } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { choosePair, largestFace } from './photo-classic.ts';
import { RGI_PACKS, writeSyntheticPacks } from './synthetic-packs.ts';

const DEFAULT_RUNS = 1;

/** Changes of a user, each with a value that was not there before. */
const SLIDERS: Readonly<Record<string, (step: number) => Partial<SwapSettings>>> = {
  recolor: (step) => ({ recolor: 0.9 - 0.01 * step }),
  amount: (step) => ({ amount: 0.9 - 0.01 * step }),
};

interface StageNumbers {
  readonly stage: string;
  readonly ms: number;
  readonly peak_rss_mb: number;
}

export async function rgiPhoto(options: BenchOptions): Promise<BenchReport> {
  const { signal, onProgress } = options;
  const runs = options.runs ?? DEFAULT_RUNS;
  const pair = await choosePair(options);
  await using packs = await packsOrSynthetic(() => onProgress?.(0, 'Writing synthetic packs'));
  const total = runs * (1 + Object.keys(SLIDERS).length);
  let done = 0;
  const step = (label: string) => {
    throwIfCancelled(signal);
    onProgress?.(done++ / total, label);
  };
  const cold: Run[] = [];
  const sliders: Record<string, Run[]> = Object.fromEntries(Object.keys(SLIDERS).map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    step(`Cold pair ${run + 1} of ${runs}`);
    await using studio = await options.openStudio();
    const request = await openPair(studio, pair, signal);
    cold.push(await measured(studio, request, {}, signal));
    for (const [name, change] of Object.entries(SLIDERS)) {
      step(`${name} ${run + 1} of ${runs}`);
      sliders[name]!.push(await measured(studio, request, change(run), signal));
    }
  }
  const json = {
    machine: describeMachine(),
    runs,
    unit: 'ms',
    weights: packs.synthetic ? 'synthetic: time and memory only, the pictures mean nothing' : 'imported packs',
    pair: { source: path.basename(pair.source), target: path.basename(pair.target) },
    ...spread(cold.map(({ ms }) => ms)),
    cold_stages: merge(cold),
    sliders: Object.fromEntries(
      Object.entries(sliders).map(([name, all]) => [name, { ...spread(all.map(({ ms }) => ms)), stages: merge(all) }]),
    ),
    warnings: cold[0]!.warnings,
    peak_rss_bytes: Math.max(
      ...[...cold, ...Object.values(sliders).flat()].flatMap(({ stages }) => stages.map((s) => s.peak)),
    ),
  };
  return { json, lines: describe(json) };
}

/** The packs of this user, or synthetic ones in a temporary folder. */
async function packsOrSynthetic(onWriting: () => void): Promise<AsyncDisposable & { readonly synthetic: boolean }> {
  if (rgiReadiness(await listPacks(findHome().packs)).ready) {
    return { synthetic: false, [Symbol.asyncDispose]: async () => undefined };
  }
  onWriting();
  const home = await mkdtemp(path.join(tmpdir(), 'e4s-bench-'));
  const before = process.env['E4S_HOME'];
  process.env['E4S_HOME'] = home;
  const restore = async (): Promise<void> => {
    if (before === undefined) delete process.env['E4S_HOME'];
    else process.env['E4S_HOME'] = before;
    await rm(home, { recursive: true, force: true });
  };
  try {
    await writeSyntheticPacks(findHome().packs, RGI_PACKS);
  } catch (error) {
    await restore();
    throw error;
  }
  return { synthetic: true, [Symbol.asyncDispose]: restore };
}

type Request = Parameters<PhotoStudio['swap']>[0];

async function openPair(
  studio: PhotoStudio,
  pair: { source: string; target: string },
  signal: AbortSignal | undefined,
): Promise<Request> {
  const open = (file: string) =>
    studio.open({ path: file, name: path.basename(file) }, { thorough: false }, { signal });
  const [source, target] = [await open(pair.source), await open(pair.target)];
  const assignment: { targetFace: number; source: PhotoId; sourceFace: number } = {
    targetFace: largestFace(target).index,
    source: source.photo,
    sourceFace: largestFace(source).index,
  };
  return { target: target.photo, assignments: [assignment], settings: { ...DEFAULT_SWAP_SETTINGS, engine: 'rgi' } };
}

interface Run {
  readonly ms: number;
  readonly stages: readonly { readonly stage: string; readonly ms: number; readonly peak: number }[];
  readonly warnings: readonly string[];
}

async function measured(
  studio: PhotoStudio,
  request: Request,
  change: Partial<SwapSettings>,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const settings = { ...request.settings, ...change };
  const result: SwapResult = await studio.swap({ ...request, settings }, { signal, measureMemory: true });
  return {
    ms: result.milliseconds,
    stages: result.times
      .filter(({ cached }) => !cached)
      .map(({ stage, ms, peakBytes = 0 }) => ({ stage, ms, peak: peakBytes })),
    warnings: result.faces.flatMap(({ warnings }) => warnings.map(({ message }) => message)),
  };
}

/** Median times and largest peaks of the stages, in their order; a stage may stand there twice. */
function merge(runs: readonly Run[]): StageNumbers[] {
  return runs[0]!.stages.map(({ stage }, index) => {
    const all = runs.flatMap(({ stages }) => stages[index] ?? []);
    return {
      stage,
      ms: spread(all.map(({ ms }) => ms)).median,
      peak_rss_mb: Math.round(Math.max(...all.map(({ peak }) => peak)) / 1e6),
    };
  });
}

interface Numbers {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly runs: number;
  readonly weights: string;
  readonly pair: { readonly source: string; readonly target: string };
  readonly median: number;
  readonly cold_stages: readonly StageNumbers[];
  readonly sliders: Readonly<Record<string, { readonly median: number; readonly stages: readonly StageNumbers[] }>>;
  readonly warnings: readonly string[];
  readonly peak_rss_bytes: number;
}

function describe({
  machine,
  runs,
  weights,
  pair,
  median,
  cold_stages,
  sliders,
  warnings,
  peak_rss_bytes,
}: Numbers): string[] {
  const row = (name: string, ms: number, peak = '') =>
    `${name.padEnd(24)}${(ms / 1000).toFixed(2).padStart(9)}${peak.padStart(9)}`;
  const rows = (stages: readonly StageNumbers[]) =>
    stages.map(({ stage, ms, peak_rss_mb }) => row(`  ${stage}`, ms, String(peak_rss_mb)));
  return [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load_average[0]}; ${runs} runs; ${pair.source} into ${pair.target}`,
    `weights: ${weights}`,
    '',
    `${''.padEnd(24)}${'s'.padStart(9)}${'peak MB'.padStart(9)}`,
    row('cold pair', median),
    ...rows(cold_stages),
    ...Object.entries(sliders).flatMap(([name, own]) => [row(`slider: ${name}`, own.median), ...rows(own.stages)]),
    '',
    `peak memory ${(peak_rss_bytes / 1e9).toFixed(2)} GB`,
    ...warnings,
  ];
}
