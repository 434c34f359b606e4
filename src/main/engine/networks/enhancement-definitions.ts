/** Rows of the networks that sharpen faces: GPEN with its helpers, and the upscalers. */
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import type { WeightsId } from '#engine/weights/manifests.ts';
import type { NetworkDefinition, TensorNote } from './definition.ts';
import { GPEN_SIZE, gpen } from './gpen.ts';
import { parseNet } from './parse-net.ts';
import { retinaFace } from './retinaface.ts';
import { rrdbNet } from './rrdb-net.ts';
import { StateDict } from './state-dict.ts';

type Notes = Readonly<Record<string, TensorNote>>;

/** A network with one input `x` and weights of its own name. */
function row(
  network: WeightsId,
  summary: string,
  x: TensorNote,
  outputs: Notes,
  build: (keys: StateDict, x: Value) => Readonly<Record<string, Value>>,
): NetworkDefinition {
  return {
    name: network,
    summary,
    inputs: { x },
    outputs,
    weights: [{ network, prefix: '' }],
    prepare(given) {
      const graph = new Graph(network);
      const image = graph.input('x', (given['x'] as TensorData).dims);
      return { graph, outputs: build(new StateDict(graph), image), feeds: given };
    },
  };
}

const UNIT_IMAGE = { shape: ['N', 3, 'H', 'W'], note: 'RGB in [0, 1]' } as const;
const FOURFOLD = { y: { shape: ['N', 3, '4H', '4W'], note: 'RGB, about [0, 1]' } } as const;
const FACE = { shape: ['N', 3, GPEN_SIZE, GPEN_SIZE], note: 'RGB in [-1, 1]' } as const;

export const ENHANCEMENT_NETWORKS: readonly NetworkDefinition[] = [
  row('gpen-bfr-512', 'restores a degraded face', FACE, { y: { ...FACE, note: 'RGB, about [-1, 1]' } }, (keys, x) => ({
    y: gpen(keys, x),
  })),
  row(
    'gpen-parsenet',
    'labels of a restored face',
    { shape: ['N', 3, 'H', 'W'], note: 'RGB in [-1, 1], sides multiples of 16' },
    {
      mask: { shape: ['N', 19, 'H', 'W'], note: 'logits of the labels of CelebAMask-HQ' },
      img: { shape: ['N', 3, 'H', 'W'], note: 'by-product of training' },
    },
    parseNet,
  ),
  row(
    'gpen-retinaface-r50',
    'faces and five landmarks, relative to anchors',
    { shape: ['N', 3, 'H', 'W'], note: 'BGR less (104, 117, 123)' },
    {
      loc: { shape: ['N', 'A', 4], note: 'box offsets' },
      conf: { shape: ['N', 'A', 2], note: 'probabilities of background and face' },
      landms: { shape: ['N', 'A', 10], note: 'landmark offsets' },
    },
    retinaFace,
  ),
  row('gpen-realesrnet-x4', 'fourfold size, small RRDBNet', UNIT_IMAGE, FOURFOLD, (keys, x) => ({
    y: rrdbNet(keys, x, 32),
  })),
  row('realesrgan-x4plus', 'fourfold size, RRDBNet', UNIT_IMAGE, FOURFOLD, (keys, x) => ({ y: rrdbNet(keys, x, 64) })),
];
