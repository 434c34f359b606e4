/** Rows of the networks around a swapped face: parser, re-colouring, inpainting, CodeFormer. */
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { oneHot } from '#engine/tensor/ops/indexing.ts';
import { argMax, reduceSum } from '#engine/tensor/ops/reduction.ts';
import type { NetworkDefinition } from './definition.ts';
import { PARSER_LABELS, parserLogits } from './face-parser.ts';
import { INPAINTER_NOISE_SIZES, INPAINTER_SIZE, inpainter } from './inpainter.ts';
import { StateDict } from './state-dict.ts';

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
    const logits = parserLogits(new StateDict(graph), graph.input('x', (given['x'] as TensorData).dims));
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
    const inputs = Object.fromEntries(
      Object.entries(given).map(([name, { dims }]) => [name, graph.input(name, dims)]),
    ) as Record<string, Value>;
    const noise = NOISE.map(({ name }) => inputs[name]);
    const outputs = inpainter(new StateDict(graph), inputs['x'] as Value, inputs['cond'] as Value, noise);
    return { graph, outputs: { ...outputs }, feeds: given };
  },
};

export const SWAP_NETWORKS: readonly NetworkDefinition[] = [faceParser, inpainting];
