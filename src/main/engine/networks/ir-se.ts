/**
 * The IR-SE-50 trunk: 24 improved residual units with squeeze-and-excitation. The RGI encoder uses it with doubled
 * early widths and instance normalisation (spec rgi-core 1.1), ArcFace with batch normalisation (4.3).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, prelu, relu, sigmoid } from '#engine/tensor/ops/elementwise.ts';
import { slice } from '#engine/tensor/ops/layout.ts';
import { instanceNorm, reduceMean } from '#engine/tensor/ops/reduction.ts';
import { conv2d } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

export interface IrSeUnit {
  readonly index: number;
  readonly channels: number;
  readonly depth: number;
  readonly stride: 1 | 2;
}

/** Units in each of the four groups; the first of a group has stride 2. */
const GROUPS = [3, 4, 14, 3];

/** The 24 units for an input of `channels` and the four group depths. */
export function irSeUnits(channels: number, depths: readonly number[]): IrSeUnit[] {
  let before = channels;
  let index = 0;
  return GROUPS.flatMap((count, group) =>
    Array.from({ length: count }, (_, k) => {
      const unit: IrSeUnit = { index, channels: before, depth: depths[group]!, stride: k === 0 ? 2 : 1 };
      before = unit.depth;
      index += 1;
      return unit;
    }),
  );
}

export type Normalisation = 'instance' | 'batch';

function normalise(kind: Normalisation, keys: StateDict, x: Value): Value {
  return kind === 'instance' ? instanceNorm(x) : batchNormLayer(keys, x);
}

/** PReLU with one slope per channel. Key `weight [C]`. */
export function channelPrelu(keys: StateDict, x: Value): Value {
  return prelu(x, keys.get('weight', [x.shape[1]!]));
}

/** Every second pixel in both directions for stride 2. */
function subsample(x: Value, stride: number): Value {
  if (stride === 1) return x;
  return slice(x, [
    { axis: 2, start: 0, step: stride },
    { axis: 3, start: 0, step: stride },
  ]);
}

function squeezeExcite(keys: StateDict, x: Value): Value {
  const channels = x.shape[1]!;
  const pooled = reduceMean(x, { axes: [2, 3], keepDims: true });
  const squeezed = relu(conv2d(pooled, keys.get('fc1.weight', [channels / 16, channels, 1, 1])));
  return mul(x, sigmoid(conv2d(squeezed, keys.get('fc2.weight', [channels, channels / 16, 1, 1]))));
}

/** One residual unit: residual + shortcut, no activation after the sum. Keys `res_layer.*`, `shortcut_layer.*`. */
export function irSeUnit(keys: StateDict, x: Value, { channels, depth, stride }: IrSeUnit, norm: Normalisation): Value {
  let shortcut: Value;
  if (channels === depth) shortcut = subsample(x, stride);
  else {
    const projected = conv2d(x, keys.get('shortcut_layer.0.weight', [depth, channels, 1, 1]), { stride });
    shortcut = normalise(norm, keys.under('shortcut_layer.1'), projected);
  }
  const residual = keys.under('res_layer');
  let y = normalise(norm, residual.under('0'), x);
  y = conv2d(y, residual.get('1.weight', [depth, channels, 3, 3]), { pad: 1 });
  y = channelPrelu(residual.under('2'), y);
  y = conv2d(y, residual.get('3.weight', [depth, depth, 3, 3]), { pad: 1, stride });
  y = normalise(norm, residual.under('4'), y);
  return add(squeezeExcite(residual.under('5'), y), shortcut);
}

/** The stem and the units; returns the outputs of the units named in `taps`, in order. */
export function irSeTrunk(
  keys: StateDict,
  image: Value,
  units: readonly IrSeUnit[],
  norm: Normalisation,
  taps: readonly number[],
): Value[] {
  const { graph } = image;
  const stem = keys.under('input_layer');
  const tapped: Value[] = [];
  let x = graph.scope('input_layer', () => {
    const y = conv2d(image, stem.get('0.weight', [units[0]!.channels, 3, 3, 3]), { pad: 1 });
    return channelPrelu(stem.under('2'), normalise(norm, stem.under('1'), y));
  });
  for (const unit of units) {
    x = graph.scope(`body.${unit.index}`, () => irSeUnit(keys.under(`body.${unit.index}`), x, unit, norm));
    if (taps.includes(unit.index)) tapped.push(x);
  }
  return tapped;
}
