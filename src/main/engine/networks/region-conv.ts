/**
 * The mask-guided modulated convolution (spec rgi-core 2.2): every output pixel is computed with the style of its own
 * region, `y(p) = d[r(p)] ⊙ Σ_k W_k · (s[r(p)] ⊙ x(p+k))`.
 *
 * - `reference`: literally one convolution per region, masked and added, as the method was published.
 * - `exact`: one convolution of the input modulated pixel by pixel, `Σ_k W_k · (s[r(p+k)] ⊙ x(p+k))`, which is right
 *   wherever the kernel's footprint stays inside a region; at the borders it is mended by what is missing,
 *   `Σ_k W_k · ((s[r(p)] - s[r(p+k)]) ⊙ x(p+k))` over the taps that read another region. Equal up to rounding, at about
 *   the cost of one convolution.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { full, mul, sum } from '#engine/tensor/ops/elementwise.ts';
import { gather, indexConstant, scatterElements } from '#engine/tensor/ops/indexing.ts';
import { expand, padImage, reshape, slice, stack, transpose } from '#engine/tensor/ops/layout.ts';
import { matmul, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { convolve, type ModulatedConvOptions, modulatedConv2d, modulatedWeights } from './modulated-conv.ts';
import { type RegionCapacities, type RegionLayer, regionInputNames, usesPatches } from './region-layout.ts';
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
  const weights = modulatedWeights(keys, channels, options);
  const modulation = weights.modulate(reshape(styles, [regions, -1]));
  const masks = (size: number): Value => reshape(masksAt(map, size), [regions, size * size]);

  let sums: Value;
  if (usesPatches(layer)) sums = patchSums(x, weights.weight, modulation, masks(layer.size), layer);
  else {
    const modulated = mul(x, reshape(spread(modulation, masks(height)), [1, channels, height, width]));
    const inside = reshape(convolve(modulated, weights.weight, options.upsample), [out, layer.size ** 2]);
    sums = mendBorders(inside, x, weights.weight, modulation, capacities, layer);
  }
  const demodulation = weights.demodulate(modulation) ?? full(graph, [regions, out], 1);
  return reshape(mul(sums, spread(demodulation, masks(layer.size))), [1, out, layer.size, layer.size]);
}

/** Adds what foreign taps miss to sums `[out,size²]`. */
function mendBorders(
  sums: Value,
  x: Value,
  weight: Value,
  modulation: Value,
  capacities: RegionCapacities,
  layer: RegionLayer,
): Value {
  const { graph } = x;
  const [out, channels] = weight.shape as [number, number, number, number];
  const capacity = capacities.layers.get(layer.name)!;
  const { room } = capacity;
  const groups = capacity.groups.length;
  const places = groups * room;
  if (places === 0) return sums;
  const names = regionInputNames(layer);
  const positions = graph.input(names.positions, [places], 'int32');
  const taps = graph.input(names.taps, [places], 'int32');
  const difference = graph.input(names.difference, [capacities.regions, places]);

  const read = gather(reshape(x, [channels, -1]), taps, 1);
  const missing = reshape(mul(read, spread(modulation, difference)), [channels, groups, room]);
  const kernels = gather(tapKernels(weight, layer), indexConstant(graph, capacity.groups), 0);
  const products = matmul(kernels, transpose(missing, [1, 0, 2]));
  const where = expand(reshape(positions, [1, places]), [out, places]);
  // Added, not written: several taps meet in one pixel, and unused places are zero.
  return scatterElements(sums, where, reshape(transpose(products, [1, 0, 2]), [out, places]), 1, 'add');
}

/** Every pixel from its own patch, modulated by its own region: `[out,size²]`. For small maps. */
function patchSums(x: Value, weight: Value, modulation: Value, masks: Value, layer: RegionLayer): Value {
  const [out, channels] = weight.shape as [number, number, number, number];
  const [, , height, width] = x.shape as [number, number, number, number];
  const area = height * width;
  const regions = masks.shape[0]!;
  const patches = patchesOf(x);
  const taps = reshape(weight, [out, channels, 9]);
  // Each phase mixes its own kernel: cut out of one for all phases, gradients would be as large as that, four times.
  const ofPhase = (kernel: Value, own: Value): Value => {
    const modulated = mul(patches, reshape(spread(modulation, own), [1, channels, area]));
    const flat = reshape(transpose(kernel, [0, 2, 1]), [out, 9 * channels]);
    return matmul(flat, reshape(modulated, [9 * channels, area]));
  };
  if (!layer.upsample) return ofPhase(taps, masks);
  // Output pixels by phase: [R, h, 2, w, 2] → [2, 2, R, h, w].
  const byPhase = transpose(reshape(masks, [regions, height, 2, width, 2]), [2, 4, 0, 1, 3]);
  const phases = Array.from({ length: 4 }, (_, phase) => {
    const own = slice(byPhase, [
      { axis: 0, start: phase >> 1, end: (phase >> 1) + 1 },
      { axis: 1, start: phase & 1, end: (phase & 1) + 1 },
    ]);
    const mixing = weight.graph.constant({ dims: [9, 9], data: phaseMixing([phase]) });
    return ofPhase(matmul(taps, mixing), reshape(own, [regions, area]));
  });
  const together = reshape(stack(phases, 1), [out, 2, 2, height, width]);
  return reshape(transpose(together, [0, 3, 1, 4, 2]), [out, 4 * area]);
}

/** The 3×3 neighbourhoods of every pixel, zero outside: `[9,C,h·w]`. */
function patchesOf(x: Value): Value {
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const padded = padImage(x, [1, 1, 1, 1]);
  return reshape(
    stack(
      Array.from({ length: 9 }, (_, tap) => {
        const [top, left] = [Math.floor(tap / 3), tap % 3];
        return slice(padded, [
          { axis: 2, start: top, end: top + height },
          { axis: 3, start: left, end: left + width },
        ]);
      }),
      0,
    ),
    [9, channels, height * width],
  );
}

/** The kernel tap by tap, and for upsampling layers phase by phase: `[phases·9,out,C]`. */
function tapKernels(weight: Value, layer: RegionLayer): Value {
  const [out, channels] = weight.shape as [number, number, number, number];
  const taps = reshape(weight, [out, channels, 9]);
  if (!layer.upsample) return transpose(taps, [2, 0, 1]);
  const mixing = weight.graph.constant({ dims: [9, 36], data: phaseMixing([0, 1, 2, 3]) });
  return transpose(matmul(taps, mixing), [2, 0, 1]);
}

/**
 * Transposed convolution with stride 2 followed by the blur, seen from one output pixel, is a 3×3 kernel over the
 * input whose taps depend on whether the row and the column are even or odd: column `9 · k + offset` says how much each
 * kernel tap contributes in the k-th of these phases. Along an axis, kernel tap j meets input offset t at parity a in
 * blur tap `j - a + 1 + 2t`.
 */
function phaseMixing(phases: readonly number[]): Float32Array {
  const axis = (parity: number, offset: number, tap: number): number =>
    2 * (BLUR_TAPS[tap - parity + 1 + 2 * (offset - 1)] ?? 0);
  const columns = 9 * phases.length;
  const mixing = new Float32Array(9 * columns);
  for (let tap = 0; tap < 9; tap++)
    for (const [k, phase] of phases.entries())
      for (let offset = 0; offset < 9; offset++)
        mixing[tap * columns + k * 9 + offset] =
          axis(phase >> 1, Math.floor(offset / 3), Math.floor(tap / 3)) * axis(phase & 1, offset % 3, tap % 3);
  return mixing;
}
