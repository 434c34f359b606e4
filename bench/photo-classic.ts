/**
 * The classic engine on one pair of photos. *Cold*: both photos are opened anew and nothing is cached, the models are
 * loaded. *Slider*: a setting changes, everything that does not depend on it comes from the cache; as a draft, as the
 * window asks for while the slider is dragged, and in full, once it rests. Wall time, and the processor's beside it, which
 * other work on the machine hardly changes. The first pair, with the loading of the models, is told apart.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NoFaceError, throwIfCancelled, UsageError } from '#engine/errors.ts';
import { modelsFolder } from '#engine/face/models/location.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { Face, PhotoId, PhotoInfo, SwapResult } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { type BenchOptions, type BenchReport, describeMachine, type Spread, spread } from './bench.ts';

const DEFAULT_RUNS = 5;
/** Side of the picture that a window shows. */
const WINDOW_SIDE = 1024;
const settings = (change: Partial<SwapSettings> = {}): SwapSettings => ({
  ...DEFAULT_SWAP_SETTINGS,
  engine: 'classic',
  ...change,
});

/** Settings that a user drags; each is set back and forth, so that no run meets its own cached result. */
const SLIDERS: Readonly<Record<string, (step: number) => SwapSettings>> = {
  amount: (step) => settings({ amount: 0.5 + 0.01 * (step % 40) }),
  recolor: (step) => settings({ recolor: 0.5 + 0.01 * (step % 40) }),
  'nose shape': (step) =>
    settings({
      regions: {
        ...DEFAULT_SWAP_SETTINGS.regions,
        nose: { ...DEFAULT_SWAP_SETTINGS.regions.nose, amount: 0.5 + 0.01 * (step % 40) },
      },
    }),
};

export async function photoClassic(options: BenchOptions): Promise<BenchReport> {
  const { signal, onProgress } = options;
  const runs = options.runs ?? DEFAULT_RUNS;
  const pair = await choosePair(options);
  await using studio = await options.openStudio();
  const total = 1 + runs * (1 + 2 * Object.keys(SLIDERS).length);
  let done = 0;
  const step = (label: string) => {
    throwIfCancelled(signal);
    onProgress?.(done++ / total, label);
  };

  step('First pair');
  const first = await runPair(studio, pair, signal);
  const cold: PairRun[] = [];
  let opened = first;
  for (let i = 0; i < runs; i++) {
    step(`Cold pair ${i + 1} of ${runs}`);
    for (const photo of opened.photos) studio.close(photo);
    opened = await runPair(studio, pair, signal);
    cold.push(opened);
  }
  const sliders: Record<string, SliderTimes> = {};
  for (const [name, at] of Object.entries(SLIDERS)) {
    for (const draft of [true, false]) {
      const row: SliderTimes = { all: [], processor: [], picture: [], stages: new Map() };
      const request = { ...opened.request, draft };
      // A drag's first draft makes the small crops: it is not like the others.
      if (draft) await studio.swap({ ...request, settings: at(runs) }, { signal });
      for (let i = 0; i < runs; i++) {
        step(`${name}${draft ? ', draft' : ''} ${i + 1} of ${runs}`);
        const used = process.cpuUsage();
        const begin = performance.now();
        const result = await studio.swap({ ...request, settings: at(i) }, { signal });
        const end = performance.now();
        const { user, system } = process.cpuUsage(used);
        row.all.push(end - begin);
        row.processor.push((user + system) / 1000);
        await studio.viewResult(result.result, WINDOW_SIDE);
        row.picture.push(performance.now() - end);
        for (const { stage, ms, cached } of result.times) if (!cached) push(row.stages, stage, ms);
      }
      sliders[draft ? `${name}, draft` : name] = row;
    }
  }

  const stages = new Map<string, number[]>();
  for (const run of cold) for (const [name, ms] of run.times) push(stages, name, ms);
  const json = {
    machine: describeMachine(),
    runs,
    unit: 'ms',
    pair: { source: path.basename(pair.source), target: path.basename(pair.target), ...opened.sizes },
    // The headline: a cold pair, from two files to the finished pixels.
    ...spread(cold.map((run) => run.ms)),
    first_pair_with_model_loading: Math.round(first.ms),
    cold_stages: toObject(stages),
    sliders: Object.fromEntries(
      Object.entries(sliders).map(([name, { all, processor, picture, stages: own }]) => [
        name,
        { ...spread(all), processor: spread(processor), picture: spread(picture), stages: toObject(own) },
      ]),
    ),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  return { json, lines: describe(json) };
}

interface SliderTimes {
  readonly all: number[];
  /** Processor time of all threads. */
  readonly processor: number[];
  /** The result as the window asks for it, after the run. */
  readonly picture: number[];
  readonly stages: Map<string, number[]>;
}

interface PairRun {
  readonly ms: number;
  readonly times: readonly (readonly [string, number])[];
  readonly request: Parameters<PhotoStudio['swap']>[0];
  readonly photos: readonly PhotoId[];
  readonly sizes: { readonly source_size: string; readonly target_size: string; readonly target_face: number };
}

/** Opens both photos anew and swaps. */
async function runPair(
  studio: PhotoStudio,
  pair: { source: string; target: string },
  signal?: AbortSignal,
): Promise<PairRun> {
  const begin = performance.now();
  const open = (file: string) =>
    studio.open({ path: file, name: path.basename(file) }, { thorough: false }, { signal });
  const source = await open(pair.source);
  const sourceOpened = performance.now();
  const target = await open(pair.target);
  const targetOpened = performance.now();
  const [from, to] = [largestFace(source), largestFace(target)];
  const request = {
    target: target.photo,
    assignments: [{ targetFace: to.index, source: source.photo, sourceFace: from.index }],
    settings: settings(),
  };
  const result: SwapResult = await studio.swap(request, { signal });
  return {
    ms: performance.now() - begin,
    times: [
      ['open source', sourceOpened - begin],
      ['open target', targetOpened - sourceOpened],
      ...result.times.map(({ stage, ms }) => [stage, ms] as const),
    ],
    request,
    photos: [source.photo, target.photo],
    sizes: {
      source_size: `${source.width}x${source.height}`,
      target_size: `${target.width}x${target.height}`,
      target_face: Math.round(Math.max(to.box[2], to.box[3])),
    },
  };
}

export function largestFace(photo: PhotoInfo): Face {
  const [first, ...rest] = photo.faces;
  if (!first) throw new NoFaceError('No face was found.', { file: photo.name, action: 'Measure with another photo.' });
  return rest.reduce((a, b) => (b.box[2] * b.box[3] > a.box[2] * a.box[3] ? b : a), first);
}

/** The photos that were asked for, or the first two samples. */
export async function choosePair({ source, target }: BenchOptions): Promise<{ source: string; target: string }> {
  if (source !== undefined && target !== undefined) return { source, target };
  if (source !== undefined || target !== undefined) {
    throw new UsageError('--source and --target belong together.', { action: 'Give both or none.' });
  }
  const folder = path.join(modelsFolder(), 'samples');
  const text = await readFile(path.join(folder, 'samples.json'), 'utf8').catch(() => undefined);
  const [first, second] = text === undefined ? [] : (JSON.parse(text) as { file: string }[]);
  if (!first || !second) {
    throw new UsageError('There are no sample faces here.', { action: 'Name two photos with --source and --target.' });
  }
  return { source: path.join(folder, first.file), target: path.join(folder, second.file) };
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

const toObject = (stages: ReadonlyMap<string, number[]>): Record<string, Spread> =>
  Object.fromEntries([...stages].map(([name, values]) => [name, spread(values)]));

interface SliderNumbers extends Spread {
  readonly processor: Spread;
  readonly picture: Spread;
  readonly stages: Readonly<Record<string, Spread>>;
}

interface Numbers extends Spread {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly runs: number;
  readonly pair: Readonly<Record<string, string | number>>;
  readonly first_pair_with_model_loading: number;
  readonly cold_stages: Readonly<Record<string, Spread>>;
  readonly sliders: Readonly<Record<string, SliderNumbers>>;
  readonly peak_rss_bytes: number;
}

function describe(json: Numbers): string[] {
  const row = (name: string, { median, min, max }: Spread, indent = '  ') =>
    `${(indent + name).padEnd(26)}${[median, min, max].map((ms) => ms.toFixed(1).padStart(9)).join('')}`;
  const { pair, machine } = json;
  return [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load_average[0]}; ${json.runs} runs`,
    `${pair['source']} (${pair['source_size']}) into ${pair['target']} (${pair['target_size']}), face ${pair['target_face']} px`,
    '',
    `${'ms'.padEnd(26)}${['median', 'min', 'max'].map((name) => name.padStart(9)).join('')}`,
    row('cold pair', json, ''),
    ...Object.entries(json.cold_stages).map(([name, value]) => row(name, value)),
    ...Object.entries(json.sliders).flatMap(([name, value]) => [
      row(`slider: ${name}`, value, ''),
      row('(processor)', value.processor),
      ...Object.entries(value.stages).map(([stage, own]) => row(stage, own)),
      row('picture for the window', value.picture),
    ]),
    '',
    `first pair with the loading of the models ${json.first_pair_with_model_loading} ms`,
    `peak memory ${Math.round(json.peak_rss_bytes / 1e6)} MB`,
  ];
}
