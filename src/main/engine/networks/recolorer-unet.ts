/** The U-Net that paints a grey head in the colours found for it (spec pipeline 5.5). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, relu, sigmoid } from '#engine/tensor/ops/elementwise.ts';
import { concat } from '#engine/tensor/ops/layout.ts';
import { resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

/** The first block, which normalises after its first convolution only. Keys `conv{1,2}.*`, `bn1.*`, `sqz_layer.*`. */
function inputBlock(keys: StateDict, x: Value, out: number): Value {
  const hidden = relu(batchNormLayer(keys.under('bn1'), convLayer(keys.under('conv1'), x, out, { kernel: 3 })));
  const residual = convLayer(keys.under('conv2'), hidden, out, { kernel: 3 });
  return add(residual, convLayer(keys.under('sqz_layer'), x, out, { kernel: 1 }));
}

/** Normalisation and activation before each convolution. Keys `bn{1,2}.*`, `conv{1,2}.*`, `sqz_layer.*`. */
function residualBlock(keys: StateDict, x: Value, out: number, stride: 1 | 2 = 1): Value {
  const active = (name: string, y: Value): Value => relu(batchNormLayer(keys.under(name), y));
  const hidden = convLayer(keys.under('conv1'), active('bn1', x), out, { kernel: 3, stride });
  const residual = convLayer(keys.under('conv2'), active('bn2', hidden), out, { kernel: 3 });
  return add(residual, convLayer(keys.under('sqz_layer'), x, out, { kernel: 1, stride }));
}

/** Twice the size, corners on corners, beside features of that size. */
function raiseBeside(x: Value, skip: Value): Value {
  return concat([resizeBilinear(x, [skip.shape[2]!, skip.shape[3]!], true), skip], 1);
}

/** Keys `input_encoder_layer.*`, `res_{en,bridge,de}_layer*`, `output_decoder_layer.0.*`. @returns RGB in (0, 1) */
export function recolorerUnet(keys: StateDict, packages: Value): Value {
  return packages.graph.scope('unet', () => {
    const block = (name: string, x: Value, out: number, stride?: 1 | 2): Value =>
      residualBlock(keys.under(name), x, out, stride);
    const first = inputBlock(keys.under('input_encoder_layer'), packages, 64);
    const second = block('res_en_layer2', first, 128, 2);
    const third = block('res_en_layer3', second, 256, 2);
    let x = block('res_bridge_layer', third, 512, 2);
    x = block('res_de_layer3', raiseBeside(x, third), 256);
    x = block('res_de_layer2', raiseBeside(x, second), 128);
    x = block('res_de_layer1', raiseBeside(x, first), 64);
    return sigmoid(convLayer(keys.under('output_decoder_layer.0'), x, 3, { kernel: 1 }));
  });
}
