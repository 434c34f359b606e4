/**
 * One update of RGI-Optimization (spec rgi-core 5; paper section 3.2): the style vectors of one picture move by Adam
 * towards its reconstruction; all networks stay as they are. Or, for a single picture's own generator, the other way
 * round: the vectors stay and the weights move that PTI moves, too.
 */
import { type GeneratorOptions, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import type { RegionForm } from '#engine/networks/region-conv.ts';
import { latentAverage, regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { Graph, isValue, type Value } from '#engine/tensor/graph.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { featuresLike, lossFeatures, namedFeatures, reconstructionLoss } from './losses.ts';
import { finishStep, LABEL_SIZE, lossOutputs, lossWeights, recomputed, type TrainingStep } from './pti-step.ts';
import { isTunable } from './trainable.ts';

export interface StyleVectorStepOptions {
  readonly form: RegionForm;
  /** Side of the generated picture. Default 1024. */
  readonly size?: number;
  /** Compute the generator's layers again in the backward pass instead of keeping them: slower, for little memory. */
  readonly recompute?: boolean;
  readonly noise?: GeneratorOptions['noise'];
  /** What moves. Default `vectors`. */
  readonly trains?: 'vectors' | 'generator';
  /** The picture (default), or its features, computed once by `pictureFeatures`. */
  readonly target?: 'picture' | 'features';
}

/**
 * Inputs: `vectors [1,12,1280]` with its moments, `oneHot [1,12,512,512]` (and the region inputs of the exact form),
 * `image [1,3,size,size]` in [-1, 1], Adam's scalars, all weights by key.
 * Outputs: `loss`, `image.*` terms, `reconstruction`, and what moved as `next.*` with its moments.
 */
export function styleVectorStep(options: StyleVectorStepOptions): TrainingStep {
  const { size = 1024, recompute = false, form } = options;
  const graph = new Graph('style-vector-step');
  const keys = new StateDict(graph);
  const vectors = graph.input('vectors', [1, REGION_COUNT, STYLE_VECTOR_SIZE]);
  const oneHot = graph.input('oneHot', [1, REGION_COUNT, LABEL_SIZE, LABEL_SIZE]);
  const reconstruction = maskGuidedGenerator(
    keys.under('G'),
    regionStyleCodes(keys, vectors),
    { oneHot, form },
    {
      size,
      latentAverage: latentAverage(keys),
      ...(options.noise === undefined ? {} : { noise: options.noise }),
      ...(recompute ? { around: recomputed } : {}),
    },
  );
  const weights = lossWeights(graph);
  const found = lossFeatures(weights, reconstruction);
  const wanted =
    options.target === 'features'
      ? featuresLike(found, (feature, shape) => graph.input(`image.${feature}`, shape))
      : lossFeatures(weights, graph.input('image', [1, 3, size, size]));
  const terms = reconstructionLoss(weights, found, wanted);
  const moving = isValue(vectors, 'input') ? [vectors] : [];
  const tunable = graph.params().filter((param) => isTunable(param.attributes.name));
  const step = finishStep(graph, terms.total, options.trains === 'generator' ? tunable : moving);
  return { ...step, outputs: { loss: terms.total, ...lossOutputs('image', terms), reconstruction, ...step.outputs } };
}

/** A graph from `image [1,3,size,size]` to what the step takes with `target: 'features'`. */
export function pictureFeatures(size: number): { graph: Graph; outputs: Record<string, Value> } {
  const graph = new Graph('picture-features');
  const features = namedFeatures(lossFeatures(lossWeights(graph), graph.input('image', [1, 3, size, size])));
  const named = Object.entries(features).map(([name, value]) => [`image.${name}`, value]);
  return { graph, outputs: Object.fromEntries(named) as Record<string, Value> };
}
