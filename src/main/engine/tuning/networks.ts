/** Losses and training steps as networks that run by themselves, for `e4s network run`. */
import type { NetworkDefinition, NetworkWeights } from '#engine/networks/definition.ts';
import { labelsOf, oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { erodedFaceLabels } from './eroded-labels.ts';
import { lossFeatures, reconstructionLoss } from './losses.ts';
import { LABEL_SIZE, LOSS_PREFIXES, lossWeights, ptiStep } from './pti-step.ts';

const IMAGE = { shape: [1, 3, 1024, 1024], note: 'picture in [-1, 1]' } as const;
const SCALAR = { shape: [], note: 'one number' } as const;
const TERMS = { mse: SCALAR, lpips: SCALAR, id: SCALAR, parsing: SCALAR, total: SCALAR } as const;

const LOSS_WEIGHTS: readonly NetworkWeights[] = [
  { network: 'lpips-alex', prefix: LOSS_PREFIXES.lpips },
  { network: 'arcface', prefix: LOSS_PREFIXES.arcface },
  { network: 'parsing-unet', prefix: LOSS_PREFIXES.parsing },
];

/** Weight of the terms towards the recoloured frame (spec rgi-core 6.2). */
const RECOLOR_LAMBDA = 5;

const scalar = (value: number): TensorData => ({ dims: [], data: Float32Array.of(value) });

export const TRAINING_NETWORKS: readonly NetworkDefinition[] = [
  {
    name: 'rgi-losses',
    summary: 'every term of the reconstruction loss and their weighted sum',
    inputs: { reconstruction: IMAGE, target: IMAGE },
    outputs: TERMS,
    weights: LOSS_WEIGHTS,
    prepare(given) {
      const graph = new Graph('rgi-losses');
      const weights = lossWeights(graph);
      const featuresOf = (name: string) => lossFeatures(weights, graph.input(name, IMAGE.shape));
      const outputs = reconstructionLoss(weights, featuresOf('reconstruction'), featuresOf('target'));
      return { graph, outputs, feeds: given };
    },
  },
  {
    name: 'rgi-pti-step',
    summary: 'losses and gradients of one step of personal tuning, before Adam',
    inputs: {
      image: IMAGE,
      recolored: IMAGE,
      labels: { shape: [1, 1, LABEL_SIZE, LABEL_SIZE], note: 'regions 0 to 11 as floats, before erosion' },
      style_vectors: { shape: [1, REGION_COUNT, 1280], note: 'one style vector a region' },
    },
    outputs: {
      loss: SCALAR,
      'driven.*': { shape: [], note: 'terms towards the picture' },
      'recolored.*': { shape: [], note: 'terms towards the recoloured picture' },
    },
    weights: [{ network: 'rgi', prefix: '' }, ...LOSS_WEIGHTS],
    prepare(given, { saveGradients }) {
      const labels = erodedFaceLabels(labelsOf(given['labels'] as TensorData), LABEL_SIZE);
      const layers = maskedLayers();
      const capacities = regionCapacities(labels, LABEL_SIZE, layers, REGION_COUNT);
      const step = ptiStep({ form: { kind: 'exact', capacities } });
      const terms = Object.entries(step.outputs).filter(([name]) => /^(loss|driven\..*|recolored\..*)$/.test(name));
      const outputs: Record<string, Value> = { ...Object.fromEntries(terms), ...(saveGradients ? step.gradients : {}) };
      return {
        graph: step.graph,
        outputs,
        feeds: {
          driven: given['image'] as TensorData,
          recolored: given['recolored'] as TensorData,
          vectors: given['style_vectors'] as TensorData,
          oneHot: oneHotOf(labels),
          recolorLambda: scalar(RECOLOR_LAMBDA),
          ...regionInputs(labels, LABEL_SIZE, layers, capacities),
        },
      };
    },
  },
];
