/**
 * The mask-guided generator at 1024² on the CPU in three forms, each run in turn: *reference* (one convolution per
 * region, as published), *exact* (the same picture at about the cost of one convolution), *plain* (StyleGAN2 with one
 * style everywhere). Weights are synthetic; time does not depend on them.
 */
import { throwIfCancelled } from '#engine/errors.ts';
import { oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { REGION_STYLE_ROWS, STYLE_ROWS, STYLE_SIZE } from '#engine/networks/region-mlps.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import type { TensorSession } from '#engine/tensor/sessions.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { MAP_SIZE, regionMap } from './region-map.ts';
import { type SyntheticWeights, syntheticWeights } from './synthetic-weights.ts';

const FORMS = ['reference', 'exact', 'plain'] as const;
type Form = (typeof FORMS)[number];
const DEFAULT_RUNS = 3;

export async function rgiGenerator(options: BenchOptions): Promise<BenchReport> {
  const { signal, onProgress } = options;
  const runs = options.runs ?? DEFAULT_RUNS;
  const labels = await regionMap(options.labels);
  const layers = maskedLayers();
  const capacities = regionCapacities(labels, MAP_SIZE, layers, REGION_COUNT);
  const build = (form: Form): { graph: Graph; image: Value } => {
    const graph = new Graph(`rgi-generator ${form}`);
    const codes = graph.input('codes', [1, form === 'plain' ? 1 : REGION_COUNT, 18, 512]);
    const map = () => ({
      oneHot: graph.input('oneHot', [1, REGION_COUNT, MAP_SIZE, MAP_SIZE]),
      form: form === 'exact' ? ({ kind: form, capacities } as const) : ({ kind: 'reference' } as const),
    });
    return {
      graph,
      image: maskGuidedGenerator(new StateDict(graph, 'G.'), codes, form === 'plain' ? undefined : map(), {
        // The upper layers' style never changes in the RGI network; plain StyleGAN2 has its own style everywhere.
        latentAverage: form === 'exact' ? graph.param('latent_avg', [STYLE_ROWS, STYLE_SIZE]) : undefined,
      }),
    };
  };
  const graphs = Object.fromEntries(FORMS.map((form) => [form, build(form)])) as Record<Form, ReturnType<typeof build>>;
  await using weights = await syntheticWeights(Object.values(graphs).map(({ graph }) => graph));

  const codes = styleCodes(weights);
  const feeds: Readonly<Record<Form, Record<string, TensorData>>> = {
    reference: { codes, oneHot: oneHotOf(labels) },
    exact: { codes, oneHot: oneHotOf(labels), ...regionInputs(labels, MAP_SIZE, layers, capacities) },
    plain: { codes: { dims: [1, 1, 18, 512], data: codes.data.subarray(0, 18 * 512) } },
  };
  const open = (form: Form): Promise<TensorSession> =>
    openGraph(
      graphs[form].graph,
      { image: graphs[form].image },
      { params: weights.resolve, externalDataFolder: weights.folder },
    );
  await using reference = await open('reference');
  await using exact = await open('exact');
  await using plain = await open('plain');
  const sessions = { reference, exact, plain };
  const pictures = {} as Record<Form, Float32Array>;
  const times: Record<Form, number[]> = { reference: [], exact: [], plain: [] };
  for (let run = 0; run <= runs; run++) {
    for (const form of FORMS) {
      throwIfCancelled(signal);
      onProgress?.(run / (runs + 1), run === 0 ? `Warm-up: ${form}` : `Run ${run} of ${runs}: ${form}`);
      const begin = performance.now();
      const found = await sessions[form].run(feeds[form]);
      if (run > 0) times[form].push(performance.now() - begin);
      pictures[form] = found['image']!.data as Float32Array;
    }
  }
  return report(times, runs, pictures, options.labels);
}

/** Codes whose upper rows are the mean latent, as the region MLPs make them. */
function styleCodes({ values }: SyntheticWeights): TensorData & { readonly data: Float32Array } {
  const dims = [1, REGION_COUNT, STYLE_ROWS, STYLE_SIZE];
  const data = values('codes.latent_avg', dims);
  const upper = values('latent_avg', [STYLE_ROWS, STYLE_SIZE]).subarray(REGION_STYLE_ROWS * STYLE_SIZE);
  for (let region = 0; region < REGION_COUNT; region++)
    data.set(upper, (region * STYLE_ROWS + REGION_STYLE_ROWS) * STYLE_SIZE);
  return { dims, data };
}

function report(
  times: Record<Form, number[]>,
  runs: number,
  pictures: Record<Form, Float32Array>,
  labels: string | undefined,
): BenchReport {
  // Ratios pair by pair: the runs of one round share the state of the machine.
  const ratios = (a: Form, b: Form) => spread(times[a].map((time, run) => time / (times[b][run] as number)));
  let [low, high, worst] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  pictures.reference.forEach((value, at) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
    worst = Math.max(worst, Math.abs(value - (pictures.exact[at] as number)));
  });
  const speedup = ratios('reference', 'exact');
  const overPlain = ratios('exact', 'plain');
  const forms = Object.fromEntries(FORMS.map((form) => [form, spread(times[form])]));
  const json = {
    machine: describeMachine(),
    runs,
    unit: 'ms',
    labels: labels ?? 'drawn face, 12 regions',
    ...spread(times.exact),
    forms,
    speedup_over_reference: speedup.median,
    speedup_over_reference_spread: speedup,
    ratio_to_plain: overPlain.median,
    ratio_to_plain_spread: overPlain,
    max_difference: worst / (high - low),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  const row = (form: Form) => {
    const { median, min, max } = spread(times[form]);
    return `${form.padEnd(12)}${[median, min, max].map((ms) => ms.toFixed(0).padStart(9)).join('')}`;
  };
  return {
    json,
    lines: [
      `${json.machine.cpu}, ${json.machine.cores} cores, load ${json.machine.load_average[0]}; ${runs} runs, ${json.labels}`,
      `${'ms'.padEnd(12)}${['median', 'min', 'max'].map((name) => name.padStart(9)).join('')}`,
      ...FORMS.map(row),
      `exact is ${speedup.median}x faster than the reference form, ${overPlain.median}x the time of plain StyleGAN2`,
      `largest difference ${json.max_difference.toExponential(1)} of the picture's range`,
    ],
  };
}
