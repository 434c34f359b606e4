/**
 * One PTI update at 1024² on the CPU: generate, two loss stacks, backward, Adam; with the generator's layers kept for
 * the backward pass or computed again there. Weights and pictures are synthetic; time and memory do not depend on them.
 */
import { throwIfCancelled } from '#engine/errors.ts';
import { oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { erodedFaceLabels } from '#engine/tuning/eroded-labels.ts';
import { ptiStep } from '#engine/tuning/pti-step.ts';
import { freshState, TuningRun } from '#engine/tuning/tuning-run.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { type Bench, type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { MAP_SIZE, regionMap } from './region-map.ts';
import { syntheticWeights } from './synthetic-weights.ts';

const DEFAULT_RUNS = 2;
const IMAGE = [1, 3, 1024, 1024];

export const rgiPtiStep: Bench = (options) => measure(options, false);
export const rgiPtiStepRecomputed: Bench = (options) => measure(options, true);

async function measure(options: BenchOptions, recompute: boolean): Promise<BenchReport> {
  const { signal, onProgress } = options;
  const runs = options.runs ?? DEFAULT_RUNS;
  const labels = erodedFaceLabels(await regionMap(options.labels), MAP_SIZE);
  const layers = maskedLayers();
  const capacities = regionCapacities(labels, MAP_SIZE, layers, REGION_COUNT);
  const step = ptiStep({ form: { kind: 'exact', capacities }, recompute });
  const trained = new Set(step.trained);
  await using weights = await syntheticWeights([step.graph], trained);

  const numbers = (name: string, dims: readonly number[], factor: number): TensorData => ({
    dims,
    data: weights.values(`${name}.latent_avg`, dims).map((value) => value * factor),
  });
  const start: Record<string, TensorData> = {};
  for (const param of step.graph.params()) {
    const { name } = param.attributes;
    if (trained.has(name)) start[name] = { dims: param.shape, data: weights.values(name, param.shape) };
  }
  const frame = {
    oneHot: oneHotOf(labels),
    ...regionInputs(labels, MAP_SIZE, layers, capacities),
    vectors: numbers('vectors', [1, REGION_COUNT, 1280], 0.3),
    driven: numbers('driven', IMAGE, 0.5),
    recolored: numbers('recolored', IMAGE, 0.5),
    recolorLambda: { dims: [], data: Float32Array.of(5) },
  };
  onProgress?.(0, 'Opening the step');
  await using run = await TuningRun.open({
    step,
    params: weights.resolve,
    externalDataFolder: weights.folder,
    state: freshState(start),
  });
  const times: number[] = [];
  const losses: number[] = [];
  for (let index = 0; index <= runs; index++) {
    throwIfCancelled(signal);
    onProgress?.(index / (runs + 1), index === 0 ? 'Warm-up' : `Update ${index} of ${runs}`);
    const begin = performance.now();
    const { losses: found } = await run.update(frame, 1e-3);
    if (index > 0) times.push((performance.now() - begin) / 1000);
    losses.push(found['loss'] as number);
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  const json = {
    machine: describeMachine(),
    runs,
    unit: 's',
    recompute,
    ...spread(times),
    losses,
    graph_values: step.graph.values.length,
    peak_rss_bytes: peak,
  };
  return {
    json,
    lines: [
      `${json.machine.cpu}, ${json.machine.cores} cores, load ${json.machine.load_average[0]}; ${runs} updates after a warm-up`,
      `one update at 1024² ${json.median} s (${json.min} to ${json.max}), layers ${recompute ? 'recomputed' : 'kept'}`,
      `peak memory ${(peak / 1e9).toFixed(1)} GB`,
    ],
  };
}
