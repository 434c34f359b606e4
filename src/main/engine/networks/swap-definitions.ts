/** Rows of the networks around a swapped face: parser, re-colouring, inpainting, CodeFormer. */
import { InputError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { oneHot } from '#engine/tensor/ops/indexing.ts';
import { argMax, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { CODEFORMER_FIDELITY, CODEFORMER_SIZE, codeFormer } from './codeformer.ts';
import type { NetworkDefinition } from './definition.ts';
import { PARSER_LABELS, parserLogits } from './face-parser.ts';
import { INPAINTER_NOISE_SIZES, INPAINTER_SIZE, inpainter } from './inpainter.ts';
import { RECOLORER_SIZE, recolorer } from './recolorer.ts';
import { StateDict } from './state-dict.ts';

const inputOf = (graph: Graph, name: string, given: Readonly<Record<string, TensorData>>): Value =>
  graph.input(name, (given[name] as TensorData).dims);

/** A number that switches something. @throws InputError when it is neither 0 nor 1 */
function switchOf(name: string, tensor: TensorData | undefined, fallback: boolean): boolean {
  if (tensor === undefined) return fallback;
  const [value] = tensor.data;
  if (value !== 0 && value !== 1) throw new InputError(`The input "${name}" is ${value}; it must be 0 or 1.`);
  return value === 1;
}

const LOGITS = ['N', PARSER_LABELS, 'H', 'W'];

const faceParser: NetworkDefinition = {
  name: 'face-parsing-bisenet',
  summary: 'labels of a face: BiSeNet',
  inputs: { x: { shape: ['N', 3, 'H', 'W'], note: 'RGB, normalised as for ImageNet; faces are parsed at 512' } },
  outputs: {
    out: { shape: LOGITS, note: 'logits of the 19 labels' },
    out16: { shape: LOGITS, note: 'the same from the context at an eighth of the size' },
    out32: { shape: LOGITS, note: 'the same from the context at a sixteenth of the size' },
    argmax_hist: { shape: [PARSER_LABELS], note: 'pixels of each label' },
  },
  weights: [{ network: 'face-parsing-bisenet', prefix: '' }],
  prepare(given) {
    const graph = new Graph('face-parsing-bisenet');
    const logits = parserLogits(new StateDict(graph), inputOf(graph, 'x', given));
    const labels = oneHot(argMax(logits.out, 1), PARSER_LABELS, 1);
    return { graph, outputs: { ...logits, argmax_hist: reduceSum(labels, { axes: [0, 2, 3] }) }, feeds: given };
  },
};

const NOISE = INPAINTER_NOISE_SIZES.map((size, layer) => ({ name: `noise_${layer}`, size }));

const inpainting: NetworkDefinition = {
  name: 'inpainting-gcfsr',
  summary: 'fills the hole that a swap leaves',
  inputs: {
    x: { shape: [1, 4, INPAINTER_SIZE, INPAINTER_SIZE], note: 'RGB in [0, 1] with 0 in the hole; the hole as 1' },
    cond: { shape: [1], note: 'part of the area that the hole takes' },
    ...Object.fromEntries(
      NOISE.map(({ name, size }) => [name, { shape: [1, 1, size, size], note: 'N(0, 1); else none', optional: true }]),
    ),
  },
  outputs: {
    latent: { shape: [1, 10, 512], note: 'style codes' },
    y: { shape: [1, 3, INPAINTER_SIZE, INPAINTER_SIZE], note: 'RGB, about [0, 1]' },
  },
  weights: [{ network: 'inpainting-gcfsr', prefix: '' }],
  prepare(given) {
    const graph = new Graph('inpainting-gcfsr');
    const noise = NOISE.map(({ name }) => (given[name] === undefined ? undefined : inputOf(graph, name, given)));
    const [x, ratio] = [inputOf(graph, 'x', given), inputOf(graph, 'cond', given)];
    const outputs = inpainter(new StateDict(graph), x, ratio, noise);
    return { graph, outputs: { ...outputs }, feeds: given };
  },
};

const PICTURE = { shape: [1, 3, RECOLORER_SIZE, RECOLORER_SIZE], note: 'RGB, normalised as for ImageNet' } as const;
const LABELS = {
  shape: [1, 1, RECOLORER_SIZE, RECOLORER_SIZE],
  note: 'labels of face-parsing-bisenet as floats',
} as const;
const PACKAGES = { shape: [1, 12, RECOLORER_SIZE, RECOLORER_SIZE], note: 'what the U-Net sees' } as const;
const COLORED = { ...PICTURE, note: 'RGB in (0, 1)' } as const;

const recoloring: NetworkDefinition = {
  name: 'recolor-blender',
  summary: 'paints a head in the colours of a target',
  inputs: {
    img_a: PICTURE,
    img_t: { ...PICTURE, note: 'the target' },
    mask_a: LABELS,
    mask_t: { ...LABELS, note: 'of the target' },
    flip: {
      shape: [1],
      note: '1 takes features of the mirrored target, as the official code does at random; else 0',
      optional: true,
    },
  },
  outputs: {
    packages: PACKAGES,
    y: COLORED,
    fpn_a: { shape: [1, 256, RECOLORER_SIZE / 4, RECOLORER_SIZE / 4], note: 'features of img_a' },
    packages_no_flip: { ...PACKAGES, note: 'packages when flip is 0', optional: true },
    y_no_flip: { ...COLORED, note: 'y when flip is 0', optional: true },
    packages_flip: { ...PACKAGES, note: 'packages when flip is 1', optional: true },
    y_flip: { ...COLORED, note: 'y when flip is 1', optional: true },
  },
  weights: [{ network: 'recolor-blender', prefix: '' }],
  prepare(given) {
    const graph = new Graph('recolor-blender');
    const { flip, ...feeds } = given;
    const mirrored = switchOf('flip', flip, false);
    const { packages, y, features } = recolorer(new StateDict(graph), {
      picture: inputOf(graph, 'img_a', given),
      pictureLabels: inputOf(graph, 'mask_a', given),
      target: inputOf(graph, 'img_t', given),
      targetLabels: inputOf(graph, 'mask_t', given),
      flip: mirrored,
    });
    const suffix = mirrored ? 'flip' : 'no_flip';
    const outputs = { packages, y, fpn_a: features, [`packages_${suffix}`]: packages, [`y_${suffix}`]: y };
    return { graph, outputs, feeds };
  },
};

const FACE = { shape: [1, 3, CODEFORMER_SIZE, CODEFORMER_SIZE], note: 'RGB in [-1, 1]' } as const;

const restoration: NetworkDefinition = {
  name: 'codeformer',
  summary: 'restores a face from learned codes',
  inputs: {
    x: FACE,
    w: { shape: [1], note: `fidelity, 0 to 1; else ${CODEFORMER_FIDELITY}`, optional: true },
    adain: { shape: [1], note: '1 gives the codes the statistics of the face, 0 does not; else 1', optional: true },
  },
  outputs: {
    lq_feat: { shape: [1, 256, 16, 16], note: 'features of the face' },
    logits: { shape: [1, 256, 1024], note: 'of the codes' },
    code_index: { shape: [1, 256], note: 'the codes, int64' },
    y: { ...FACE, note: 'RGB, about [-1, 1]' },
  },
  weights: [{ network: 'codeformer', prefix: '' }],
  prepare(given) {
    const graph = new Graph('codeformer');
    const { adain, ...feeds } = given;
    const fidelity = given['w'] === undefined ? graph.constant(CODEFORMER_FIDELITY) : inputOf(graph, 'w', given);
    const { y, feature, logits, codes } = codeFormer(new StateDict(graph), inputOf(graph, 'x', given), {
      fidelity,
      adain: switchOf('adain', adain, true),
    });
    return { graph, outputs: { lq_feat: feature, logits, code_index: codes, y }, feeds };
  },
};

export const SWAP_NETWORKS: readonly NetworkDefinition[] = [faceParser, recoloring, inpainting, restoration];
