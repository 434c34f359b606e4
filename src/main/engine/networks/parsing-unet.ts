/** The small parsing U-Net whose encoder features make the parsing loss (spec rgi-core 4.4). */
import type { Value } from '#engine/tensor/graph.ts';
import { relu } from '#engine/tensor/ops/elementwise.ts';
import { concat } from '#engine/tensor/ops/layout.ts';
import { conv2d, convTranspose2d, maxPool } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

/** Side of the input. */
export const PARSING_UNET_SIZE = 512;
const STAGES = [
  { name: 'conv1', width: 16 },
  { name: 'conv2', width: 32 },
  { name: 'conv3', width: 64 },
  { name: 'conv4', width: 128 },
  { name: 'center', width: 256 },
] as const;

/** Two times convolution with bias, batch normalisation, ReLU. Keys `conv1.{0,1}.*`, `conv2.{0,1}.*`. */
function doubleConv(keys: StateDict, x: Value, width: number): Value {
  return ['conv1', 'conv2'].reduce((y, name) => {
    const weight = keys.get(`${name}.0.weight`, [width, y.shape[1]!, 3, 3]);
    const bias = keys.get(`${name}.0.bias`, [width]);
    return relu(batchNormLayer(keys.under(`${name}.1`), conv2d(y, weight, { pad: 1, bias })));
  }, x);
}

/** The five stage outputs before pooling: 16@512, 32@256, 64@128, 128@64, 256@32. @param image `[N,3,512,512]` */
export function parsingFeatures(keys: StateDict, image: Value): Value[] {
  return image.graph.scope('parsing', () => {
    const features: Value[] = [];
    let x = image;
    STAGES.forEach(({ name, width }, index) => {
      const input = index === 0 ? x : maxPool(x, { kernel: 2 });
      x = doubleConv(keys.under(name), input, width);
      features.push(x);
    });
    return features;
  });
}

/** The whole U-Net: 19 logits in the label order of CelebAMask-HQ, `[N,19,512,512]`. */
export function parsingLogits(keys: StateDict, image: Value): Value {
  const features = parsingFeatures(keys, image);
  let x = features.at(-1)!;
  for (let level = 4; level >= 1; level--) {
    const skip = features[level - 1]!;
    const width = skip.shape[1]!;
    const own = keys.under(`up_concat${level}`);
    const raised = convTranspose2d(x, own.get('up.weight', [x.shape[1]!, width, 2, 2]), {
      stride: 2,
      bias: own.get('up.bias', [width]),
    });
    x = doubleConv(own.under('conv'), concat([skip, raised], 1), width);
  }
  return conv2d(x, keys.get('final.weight', [19, x.shape[1]!, 1, 1]), { bias: keys.get('final.bias', [19]) });
}
