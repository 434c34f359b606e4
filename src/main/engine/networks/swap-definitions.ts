/** Rows of the networks around a swapped face: parser, re-colouring, inpainting, CodeFormer. */
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { oneHot } from '#engine/tensor/ops/indexing.ts';
import { argMax, reduceSum } from '#engine/tensor/ops/reduction.ts';
import type { NetworkDefinition } from './definition.ts';
import { PARSER_LABELS, parserLogits } from './face-parser.ts';
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

export const SWAP_NETWORKS: readonly NetworkDefinition[] = [faceParser];
