/**
 * The mask-guided modulated convolution (spec rgi-core 2.2): every output pixel is computed with the style of its own
 * region, `y(p) = d[r(p)] ⊙ Σ_k W_k · (s[r(p)] ⊙ x(p+k))`.
 *
 * - `reference`: literally one convolution per region, masked and added, as the method was published.
 * - `exact`: one convolution of the input modulated pixel by pixel, right wherever the kernel's footprint stays inside
 *   a region, and the border pixels again from gathered patches with their own region's style. Equal up to rounding,
 *   at about the cost of one convolution.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { full, mul, sum } from '#engine/tensor/ops/elementwise.ts';
import { gather, scatterElements } from '#engine/tensor/ops/indexing.ts';
import { concat, expand, reshape, slice, transpose } from '#engine/tensor/ops/layout.ts';
import { matmul, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { convolve, type ModulatedConvOptions, modulatedConv2d, modulatedWeights } from './modulated-conv.ts';
import { gathersAll, phasesOf, type RegionCapacities, type RegionLayer, regionInputNames } from './region-layout.ts';
import type { StateDict } from './state-dict.ts';
import { BLUR_TAPS } from './upfirdn.ts';

/** How masked layers are computed, and what they need for it. */
export type RegionForm =
  | { readonly kind: 'reference' }
  | { readonly kind: 'exact'; readonly capacities: RegionCapacities };

/** The label map as the network takes it: one-hot `[N,R,H,W]`. */
export interface RegionMap {
  readonly oneHot: Value;
  readonly form: RegionForm;
}

/** One-hot map at the size of a layer, `[N,R,size,size]`. */
export const masksAt = (map: RegionMap, size: number): Value => resizeNearest(map.oneHot, [size, size]);

/**
 * @param x `[N,C,H,W]` (N = 1 for the exact form) @param styles `[N,R,512]`
 * @returns `[N,out,size,size]`, without noise, bias and activation
 */
export function regionModulatedConv2d(
  keys: StateDict,
  x: Value,
  styles: Value,
  map: RegionMap,
  layer: RegionLayer,
  options: ModulatedConvOptions,
): Value {
  if (map.form.kind === 'reference') return literal(keys, x, styles, masksAt(map, layer.size), options);
  if (options.kernel === 1) return pointwise(keys, x, styles, masksAt(map, layer.size), options);
  return exact(keys, x, styles, map, map.form.capacities, layer, options);
}

/** One complete modulated convolution per region, masked after the blur, summed. */
function literal(keys: StateDict, x: Value, styles: Value, masks: Value, options: ModulatedConvOptions): Value {
  const [batch, regions] = styles.shape as [number, number, number];
  return sum(
    Array.from({ length: regions }, (_, region) => {
      const style = reshape(slice(styles, [{ axis: 1, start: region, end: region + 1 }]), [batch, -1]);
      const mask = slice(masks, [{ axis: 1, start: region, end: region + 1 }]);
      return mul(modulatedConv2d(keys, x, style, options), mask);
    }),
  );
}

/** Values per region, `[R,C]`, laid out over the pixels of one-hot masks `[R,P]`: `[C,P]`. */
const spread = (perRegion: Value, masks: Value): Value => matmul(transpose(perRegion, [1, 0]), masks);

/** A 1×1 kernel has no borders: modulating every pixel by its own region is exact. */
function pointwise(keys: StateDict, x: Value, styles: Value, masks: Value, options: ModulatedConvOptions): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const weights = modulatedWeights(keys, channels, options);
  const [, regions] = styles.shape as [number, number, number];
  const flat = reshape(masks, [batch, regions, height * width]);
  const perPixel = (values: Value, count: number): Value =>
    reshape(matmul(transpose(reshape(values, [batch, regions, count]), [0, 2, 1]), flat), [
      batch,
      count,
      height,
      width,
    ]);
  const modulation = weights.modulate(reshape(styles, [batch * regions, -1]));
  const y = convolve(mul(x, perPixel(modulation, channels)), weights.weight, false);
  const demodulation = weights.demodulate(modulation);
  return demodulation === undefined ? y : mul(y, perPixel(demodulation, options.out));
}

function exact(
  keys: StateDict,
  x: Value,
  styles: Value,
  map: RegionMap,
  capacities: RegionCapacities,
  layer: RegionLayer,
  options: ModulatedConvOptions,
): Value {
  const { graph } = x;
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const { regions } = capacities;
  const { out } = options;
  const area = layer.size ** 2;
  const places = phasesOf(layer) * capacities.layers.get(layer.name)!;
  const names = regionInputNames(layer);
  const positions = graph.input(names.positions, [places], 'int64');
  const membership = graph.input(names.membership, [regions, places]);

  const weights = modulatedWeights(keys, channels, options);
  const modulation = weights.modulate(reshape(styles, [regions, -1]));
  const demodulation = weights.demodulate(modulation) ?? full(graph, [regions, out], 1);

  const patches = borderPatches(x, layer, places, spread(modulation, membership));
  const border = mul(borderProducts(patches, weights.weight, layer), spread(demodulation, membership));
  const where = expand(reshape(positions, [1, places]), [out, places]);
  let base: Value;
  if (gathersAll(layer)) base = full(graph, [out, area], 0);
  else {
    const interior = graph.input(names.interior, [1, area]);
    const masks = (size: number): Value => reshape(masksAt(map, size), [regions, size * size]);
    const modulated = mul(x, reshape(spread(modulation, masks(height)), [1, channels, height, width]));
    const convolved = reshape(convolve(modulated, weights.weight, options.upsample), [out, area]);
    base = mul(convolved, spread(demodulation, mul(masks(layer.size), interior)));
  }
  // Added, not written: unused places are zero and may point at the same pixel.
  return reshape(scatterElements(base, where, border, 1, 'add'), [1, out, layer.size, layer.size]);
}

/** 3×3 input patches of the listed pixels, modulated by their own region: `[C,9,places]`. */
function borderPatches(x: Value, layer: RegionLayer, places: number, modulation: Value): Value {
  const { graph } = x;
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const names = regionInputNames(layer);
  const taps = graph.input(names.taps, [9, places], 'int64');
  const valid = graph.input(names.valid, [9, places]);
  const gathered = gather(reshape(x, [channels, height * width]), taps, 1);
  return mul(mul(gathered, reshape(modulation, [channels, 1, places])), reshape(valid, [1, 9, places]));
}

/** The kernel applied to patches `[C,9,places]`, phase by phase: `[out,places]`. */
function borderProducts(patches: Value, weight: Value, layer: RegionLayer): Value {
  const [out, channels] = weight.shape as [number, number, number, number];
  const places = patches.shape[2]!;
  const columns = reshape(patches, [channels * 9, places]);
  if (!layer.upsample) return matmul(reshape(weight, [out, channels * 9]), columns);
  const perPhase = places / 4;
  const kernels = phaseKernels(weight);
  return concat(
    Array.from({ length: 4 }, (_, phase) =>
      matmul(
        reshape(slice(kernels, [{ axis: 0, start: phase, end: phase + 1 }]), [out, channels * 9]),
        slice(columns, [{ axis: 1, start: phase * perPhase, end: (phase + 1) * perPhase }]),
      ),
    ),
    1,
  );
}

/**
 * Transposed convolution with stride 2 followed by the blur, seen from one output pixel, is a 3×3 kernel over the
 * input whose taps depend on whether the row and the column are even or odd: `[4,out·C,9]`.
 */
function phaseKernels(weight: Value): Value {
  const [out, channels] = weight.shape as [number, number, number, number];
  const mixing = weight.graph.constant({ dims: [9, 36], data: phaseMixing() });
  const mixed = matmul(reshape(weight, [out * channels, 9]), mixing);
  return transpose(reshape(mixed, [out * channels, 4, 9]), [1, 0, 2]);
}

/** How much kernel tap j of an axis contributes to input offset t for output parity a: blur tap `j - a + 1 + 2t`. */
function phaseMixing(): Float32Array {
  const axis = (parity: number, offset: number, tap: number): number =>
    2 * (BLUR_TAPS[tap - parity + 1 + 2 * (offset - 1)] ?? 0);
  const mixing = new Float32Array(9 * 36);
  for (let tap = 0; tap < 9; tap++)
    for (let phase = 0; phase < 4; phase++)
      for (let offset = 0; offset < 9; offset++)
        mixing[tap * 36 + phase * 9 + offset] =
          axis(phase >> 1, Math.floor(offset / 3), Math.floor(tap / 3)) * axis(phase & 1, offset % 3, tap % 3);
  return mixing;
}
