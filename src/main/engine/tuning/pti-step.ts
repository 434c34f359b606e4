/**
 * One update of personal tuning (PTI; spec rgi-core 6.2) as one graph: generate the driven face from fixed style
 * vectors, compare it with the driven and the recoloured frame inside the eroded face, differentiate, and move the
 * region MLPs and the unfrozen generator by Adam.
 */
import { type GeneratorOptions, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import type { RegionForm } from '#engine/networks/region-conv.ts';
import { latentAverage, regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { gradients } from '#engine/tensor/autodiff.ts';
import { checkpoint } from '#engine/tensor/checkpoint.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { add, mul, sqrt, square, sub, sum } from '#engine/tensor/ops/elementwise.ts';
import { reshape, slice } from '#engine/tensor/ops/layout.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';
import { resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { adamUpdate, momentNames, updatedName } from './adam.ts';
import { PTI_OUTSIDE } from './eroded-labels.ts';
import {
  featuresLike,
  type LossFeatures,
  type LossWeights,
  lossFeatures,
  type ReconstructionLoss,
  reconstructionLoss,
} from './losses.ts';
import { GRADIENT_NORM, LOSS_SCALE, type Precision } from './precision.ts';
import { isTunable } from './trainable.ts';

/** Side of label maps in the RGI pipelines. */
export const LABEL_SIZE = 512;

/** Prefixes under which a training graph names the weights of the loss networks. */
export const LOSS_PREFIXES = { lpips: 'lpips:', arcface: 'arcface:', parsing: 'parsing:' } as const;

export function lossWeights(graph: Graph): LossWeights {
  return {
    lpips: new StateDict(graph, LOSS_PREFIXES.lpips),
    arcface: new StateDict(graph, LOSS_PREFIXES.arcface),
    parsing: new StateDict(graph, LOSS_PREFIXES.parsing),
  };
}

export interface PtiStepOptions {
  readonly form: RegionForm;
  /** Side of the generated picture; 1024 is the official network, smaller sizes leave out its upper layers. */
  readonly size?: number;
  /** Compute the generator's layers again in the backward pass instead of keeping them: slower, for little memory. */
  readonly recompute?: boolean;
  readonly noise?: GeneratorOptions['noise'];
  /**
   * What each target is given as: the picture (default), whose features are then computed in every update, or its
   * features, computed once by `targetFeatures`.
   */
  readonly targets?: 'pictures' | 'features';
  /**
   * Adds an input `detail [1,3,size,size]` to the reconstruction: what the layers above `size` would add, taken as
   * fixed while tuning at a coarse scale.
   */
  readonly detail?: boolean;
  /** Compute the reconstruction's features once for each target, as upstream does: same numbers, for measurements. */
  readonly featuresPerTarget?: boolean;
  /**
   * Regions that no frame has: their MLPs would get gradients of zero and stay as they are, bit by bit, so they are left
   * out of the update.
   */
  readonly absent?: readonly number[];
  /** Computes in half precision as far as it goes; default full. `compared` is full, with the norm to hold half against. */
  readonly precision?: Precision | 'compared' | undefined;
}

/** A training step: its graph, what it trains, and its named outputs. */
export interface TrainingStep {
  readonly graph: Graph;
  /** Keys of the trained tensors; each is an input, and comes back under `next.` with both moments. */
  readonly trained: readonly string[];
  readonly outputs: Readonly<Record<string, Value>>;
  /** Gradients by key, for tests and diagnostics; lowered only when they are asked for. */
  readonly gradients: Readonly<Record<string, Value>>;
  /** It is to be computed in half precision. */
  readonly half?: boolean;
}

/** Names the terms of a loss as outputs, `<name>.mse` and so on. */
export function lossOutputs(name: string, loss: ReconstructionLoss): Record<string, Value> {
  return Object.fromEntries(Object.entries(loss).map(([term, value]) => [`${name}.${term}`, value]));
}

/** Runs a generator layer as a segment that the backward pass computes again. */
export const recomputed: NonNullable<GeneratorOptions['around']> = (_layer, inputs, build) => checkpoint(inputs, build);

/** Ones inside the face, fractional at its border: `[1,1,size,size]`. @param oneHot of the eroded label map */
export function foregroundMask(oneHot: Value, size: number): Value {
  const outside = PTI_OUTSIDE.map((label) => slice(oneHot, [{ axis: 1, start: label, end: label + 1 }]));
  const all = reduceSum(oneHot, { axes: [1], keepDims: true });
  return resizeBilinear(
    outside.reduce((rest, mask) => sub(rest, mask), all),
    size,
  );
}

/** The masked reconstruction of a frame and the loss towards both of its targets. */
export interface PtiForward {
  readonly graph: Graph;
  readonly reconstruction: Value;
  readonly loss: Value;
  /** `driven.*` and `recolored.*`, scalars. */
  readonly terms: Readonly<Record<string, Value>>;
}

/**
 * The loss of one frame. Inputs: `vectors [1,12,1280]`, `oneHot [1,12,512,512]` of the eroded label map (and the region
 * inputs of `maskedLayers(size)` for the exact form), the two targets, `recolorLambda []`, and every weight by its key.
 * Targets are pictures `driven` and `recolored` `[1,3,size,size]` in [-1, 1], or their features `driven.*`, `recolored.*`.
 */
export function ptiForward(options: PtiStepOptions): PtiForward {
  const { size = 1024, recompute = false, form } = options;
  const graph = new Graph('pti-step');
  const keys = new StateDict(graph);
  const oneHot = graph.input('oneHot', [1, REGION_COUNT, LABEL_SIZE, LABEL_SIZE]);
  const vectors = graph.input('vectors', [1, REGION_COUNT, STYLE_VECTOR_SIZE]);
  const codes = regionStyleCodes(keys, vectors);
  const generated = maskGuidedGenerator(
    keys.under('G'),
    codes,
    { oneHot, form },
    {
      size,
      latentAverage: latentAverage(keys),
      ...(options.noise === undefined ? {} : { noise: options.noise }),
      ...(recompute ? { around: recomputed } : {}),
    },
  );
  const reconstruction = options.detail ? add(generated, graph.input('detail', [1, 3, size, size])) : generated;

  const weights = lossWeights(graph);
  const foreground = foregroundMask(oneHot, size);
  const masked = (image: Value): Value => mul(image, foreground);
  const found = lossFeatures(weights, masked(reconstruction));
  const towards = (name: string): ReconstructionLoss =>
    graph.scope(name, () => {
      const wanted =
        options.targets === 'features'
          ? featuresLike(found, (feature, shape) => graph.input(`${name}.${feature}`, shape))
          : lossFeatures(weights, masked(graph.input(name, [1, 3, size, size])));
      // A factor that is only known when the step runs keeps the two passes apart.
      const own = (): LossFeatures =>
        lossFeatures(weights, mul(masked(reconstruction), graph.input(`${name}.one`, [])));
      return reconstructionLoss(weights, options.featuresPerTarget ? own() : found, wanted);
    });
  const driven = towards('driven');
  const recolored = towards('recolored');
  const loss = add(driven.total, mul(recolored.total, graph.input('recolorLambda', [])));
  return {
    graph,
    reconstruction,
    loss,
    terms: { ...lossOutputs('driven', driven), ...lossOutputs('recolored', recolored) },
  };
}

/**
 * One update: the inputs of `ptiForward`, Adam's scalars, the trained tensors and their moments.
 * Outputs: `loss`, `driven.*` and `recolored.*` terms, `reconstruction`, and `next.*`.
 */
export function ptiStep(options: PtiStepOptions): TrainingStep {
  const { graph, loss, terms, reconstruction } = ptiForward(options);
  const idle = (options.absent ?? []).map((region) => `MLPs.${region}.`);
  const trained = graph
    .params()
    .filter(({ attributes: { name } }) => isTunable(name) && !idle.some((prefix) => name.startsWith(prefix)));
  const { precision = 'full' } = options;
  const half = precision === 'half';
  const scale = half ? LOSS_SCALE : 1;
  const step = finishStep(graph, loss, trained, precision === 'full' ? undefined : scale);
  return { ...step, half, outputs: { loss, ...terms, reconstruction, ...step.outputs } };
}

/** The loss of one frame without an update: `loss`, the terms and the `reconstruction`; weights come as for `ptiStep`. */
export function ptiEvaluation(options: PtiStepOptions): Pick<TrainingStep, 'graph' | 'outputs'> {
  const { graph, loss, terms, reconstruction } = ptiForward(options);
  return { graph, outputs: { loss, ...terms, reconstruction } };
}

/**
 * Differentiates the loss and adds Adam's update of every trained tensor.
 * @param lossScale what gradients are multiplied by on their way, for half precision; adds the output `gradient.norm`
 */
export function finishStep(
  graph: Graph,
  loss: Value,
  trained: readonly Value<'param' | 'input'>[],
  lossScale?: number,
): TrainingStep {
  const names = trained.map((value) => value.attributes.name);
  const found = scaledGradients(loss, trained as readonly Value[], lossScale);
  const outputs: Record<string, Value> = {};
  const byName: Record<string, Value> = {};
  names.forEach((name, index) => {
    const gradient = found[index];
    // A tensor that the loss does not reach keeps its value and its moments, as an absent gradient does upstream.
    if (gradient === undefined) return;
    byName[name] = gradient;
    const moved = graph.scope('adam', () => adamUpdate(graph, name, trained[index] as Value, gradient));
    const moments = momentNames(name);
    outputs[updatedName(name)] = moved.value;
    outputs[updatedName(moments.first)] = moved.first;
    outputs[updatedName(moments.second)] = moved.second;
  });
  if (lossScale !== undefined) outputs[GRADIENT_NORM] = normOf(Object.values(byName));
  return { graph, trained: Object.keys(byName), outputs, gradients: byName };
}

function scaledGradients(loss: Value, trained: readonly Value[], scale = 1): (Value | undefined)[] {
  if (scale === 1) return gradients(loss, trained);
  const { graph } = loss;
  const found = gradients(loss, trained, { seed: reshape(graph.constant(scale), loss.shape) });
  // In the optimiser's scope: what comes out is float32.
  return graph.scope('adam', () => found.map((gradient) => gradient && mul(gradient, 1 / scale)));
}

/** One number that is finite only when every element of every gradient is. */
const normOf = (all: readonly Value[]): Value =>
  (all[0] as Value).graph.scope('adam', () =>
    sqrt(sum(all.map((gradient) => reshape(reduceSum(square(gradient)), [])))),
  );
