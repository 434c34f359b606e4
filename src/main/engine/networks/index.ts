/** Every network that can be run by itself: one row each. */
import { InputError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { REGIONS } from '#shared/regions.ts';
import { arcfaceFeatures, arcfaceInput } from './arcface.ts';
import type { NetworkDefinition, PreparedNetwork } from './definition.ts';
import { discriminator } from './discriminator.ts';
import { ENHANCEMENT_NETWORKS } from './enhancement-definitions.ts';
import { lpipsFeatures } from './lpips-alex.ts';
import { maskedLayers, maskGuidedGenerator } from './mask-guided-generator.ts';
import { parsingFeatures, parsingLogits } from './parsing-unet.ts';
import { REENACTMENT_NETWORKS } from './reenactment-definitions.ts';
import { regionCapacities, regionInputs } from './region-layout.ts';
import { regionStyleCodes } from './region-mlps.ts';
import { rgiEncoder } from './rgi-encoder.ts';
import { StateDict } from './state-dict.ts';
import { SWAP_NETWORKS } from './swap-definitions.ts';

const LABEL_SIZE = 512;
const IMAGE = { shape: [1, 3, 1024, 1024], note: 'picture in [-1, 1]' } as const;
const ANY_IMAGE = { shape: ['N', 3, 'H', 'W'], note: 'picture in [-1, 1]' } as const;
const LABELS = { shape: [1, 1, LABEL_SIZE, LABEL_SIZE], note: 'regions 0 to 11 as floats' } as const;
const VECTORS = { shape: [1, 12, 1280], note: 'one style vector a region' } as const;
const CODES = { shape: [1, 12, 18, 512], note: 'eighteen style codes a region' } as const;

/** The labels of a map given as floats. @throws InputError where one is no region */
export function labelsOf({ data }: TensorData): Uint8Array {
  const wrong = data.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= REGIONS.length);
  if (wrong >= 0)
    throw new InputError(`The input "labels" holds ${data[wrong]} at element ${wrong}; regions are 0 to 11.`);
  return Uint8Array.from(data as Float32Array);
}

/** `[1,12,size,size]` ones and zeros. */
export function oneHotOf(labels: Uint8Array): TensorData {
  const data = new Float32Array(REGIONS.length * labels.length);
  labels.forEach((label, at) => {
    data[label * labels.length + at] = 1;
  });
  return { dims: [1, REGIONS.length, LABEL_SIZE, LABEL_SIZE], data };
}

const input = (graph: Graph, name: string, given: Readonly<Record<string, TensorData>>): Value =>
  graph.input(name, (given[name] as TensorData).dims);

/** A network of one picture. */
function ofImage(
  name: string,
  build: (keys: StateDict, image: Value) => Record<string, Value>,
): NetworkDefinition['prepare'] {
  return (given) => {
    const graph = new Graph(name);
    return { graph, outputs: build(new StateDict(graph), input(graph, 'image', given)), feeds: given };
  };
}

const numbered = (values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(values.map((value, index) => [`feature_${index}`, value]));

const FEATURES = { feature_N: { shape: ['N', '…'], note: 'features 0 to 4, not normalised' } } as const;

function generator(name: string, form: 'exact' | 'reference'): NetworkDefinition['prepare'] {
  return (given): PreparedNetwork => {
    const labels = labelsOf(given['labels'] as TensorData);
    const graph = new Graph(name);
    const codes = input(graph, 'style_codes', given);
    const oneHot = graph.input('one_hot', [1, REGIONS.length, LABEL_SIZE, LABEL_SIZE]);
    const layers = maskedLayers();
    const capacities = regionCapacities(labels, LABEL_SIZE, layers, REGIONS.length);
    const map = { oneHot, form: form === 'exact' ? { kind: form, capacities } : { kind: form } } as const;
    const borders = form === 'exact' ? regionInputs(labels, LABEL_SIZE, layers, capacities) : {};
    return {
      graph,
      outputs: { image: maskGuidedGenerator(new StateDict(graph, 'G.'), codes, map) },
      feeds: { style_codes: given['style_codes'] as TensorData, one_hot: oneHotOf(labels), ...borders },
    };
  };
}

export const NETWORKS: readonly NetworkDefinition[] = [
  {
    name: 'rgi-encoder',
    summary: 'style vectors of the regions of a face',
    inputs: { image: IMAGE, labels: LABELS },
    outputs: { style_vectors: VECTORS },
    weights: [{ network: 'rgi', prefix: '' }],
    prepare(given) {
      const graph = new Graph('rgi-encoder');
      const image = input(graph, 'image', given);
      const oneHot = graph.input('one_hot', [1, REGIONS.length, LABEL_SIZE, LABEL_SIZE]);
      return {
        graph,
        outputs: { style_vectors: rgiEncoder(new StateDict(graph, 'encoder.'), image, oneHot) },
        feeds: { image: given['image'] as TensorData, one_hot: oneHotOf(labelsOf(given['labels'] as TensorData)) },
      };
    },
  },
  {
    name: 'rgi-style-codes',
    summary: 'style codes of style vectors: the region MLPs on the latent average',
    inputs: { style_vectors: VECTORS },
    outputs: { style_codes: CODES },
    weights: [{ network: 'rgi', prefix: '' }],
    prepare(given) {
      const graph = new Graph('rgi-style-codes');
      const style_codes = regionStyleCodes(new StateDict(graph), input(graph, 'style_vectors', given));
      return { graph, outputs: { style_codes }, feeds: given };
    },
  },
  {
    name: 'rgi-generator',
    summary: 'the mask-guided generator at 1024 with its fixed noise, by the exact region convolution',
    inputs: { style_codes: CODES, labels: LABELS },
    outputs: { image: IMAGE },
    weights: [{ network: 'rgi', prefix: '' }],
    prepare: generator('rgi-generator', 'exact'),
  },
  {
    name: 'rgi-generator-reference',
    summary: 'the same, literally: one convolution a region',
    inputs: { style_codes: CODES, labels: LABELS },
    outputs: { image: IMAGE },
    weights: [{ network: 'rgi', prefix: '' }],
    prepare: generator('rgi-generator-reference', 'reference'),
  },
  {
    name: 'discriminator',
    summary: 'the StyleGAN2 discriminator at 1024',
    inputs: { image: { shape: ['N', 3, 1024, 1024], note: IMAGE.note } },
    outputs: { logits: { shape: ['N', 1], note: 'larger is more real' } },
    weights: [{ network: 'discriminator', prefix: '' }],
    prepare: ofImage('discriminator', (keys, image) => ({ logits: discriminator(keys, image) })),
  },
  {
    name: 'arcface',
    summary: 'features of the identity loss, with its crop',
    inputs: { image: ANY_IMAGE },
    outputs: FEATURES,
    weights: [{ network: 'arcface', prefix: '' }],
    prepare: ofImage('arcface', (keys, image) => numbered(arcfaceFeatures(keys, arcfaceInput(image)))),
  },
  {
    name: 'parsing-unet',
    summary: 'features and logits of the parsing loss',
    inputs: { image: { shape: ['N', 3, 512, 512], note: IMAGE.note } },
    outputs: { ...FEATURES, logits: { shape: ['N', 19, 512, 512], note: 'labels of CelebAMask-HQ' } },
    weights: [{ network: 'parsing-unet', prefix: '' }],
    prepare: ofImage('parsing-unet', (keys, image) => ({
      ...numbered(parsingFeatures(keys, image)),
      logits: parsingLogits(keys, image),
    })),
  },
  {
    name: 'lpips-alex',
    summary: 'features of the perceptual loss, normalised by channel',
    inputs: { image: ANY_IMAGE },
    outputs: { feature_N: { shape: ['N', 'C', 'h', 'w'], note: 'features 0 to 4' } },
    weights: [{ network: 'lpips-alex', prefix: '' }],
    prepare: ofImage('lpips-alex', (keys, image) => numbered(lpipsFeatures(keys, image))),
  },
  ...REENACTMENT_NETWORKS,
  ...ENHANCEMENT_NETWORKS,
  ...SWAP_NETWORKS,
];
