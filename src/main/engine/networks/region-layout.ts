/**
 * Where the regions of a label map meet, layer by layer: what the exact region convolution needs to know besides the
 * masks. Everything here is plain data computed from a label map; the graph takes it as inputs, so one session serves
 * every label map whose borders fit its capacities.
 *
 * A pixel of a layer is a *border* pixel when the footprint of the layer's kernel around it meets another region.
 */
import { UsageError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { nearestSource } from '#engine/tensor/resampling.ts';

/** One masked layer: a 3×3 convolution at `size`, or one that upsamples from `size / 2` to `size`. */
export interface RegionLayer {
  readonly name: string;
  readonly size: number;
  readonly upsample: boolean;
}

/** Room for border pixels in one layer: a number for each phase of an upsampling layer, one number otherwise. */
export interface RegionCapacities {
  readonly regions: number;
  readonly layers: ReadonlyMap<string, number>;
}

/** Below this size every pixel is gathered: most of them are border pixels anyway. */
const GATHER_ALL_BELOW = 32;
/** Capacities grow in steps of this share of a map, so that similar label maps share a session. */
const CAPACITY_STEPS = 48;

/** Phases of a layer: output pixels of an upsampling layer see different taps at even and odd rows and columns. */
export const phasesOf = (layer: RegionLayer): number => (layer.upsample ? 4 : 1);

/** Whether the layer gathers the patch of every pixel and needs no convolution. */
export const gathersAll = (layer: RegionLayer): boolean => layer.size < GATHER_ALL_BELOW;

const inputSize = (layer: RegionLayer): number => (layer.upsample ? layer.size / 2 : layer.size);

/** Labels at another size, nearest neighbour at `floor(dst · in / out)`. */
function resizeLabels(labels: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return labels;
  const source = nearestSource(from, to);
  const resized = new Uint8Array(to * to);
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++) resized[y * to + x] = labels[source[y]! * from + source[x]!]!;
  return resized;
}

interface BorderPixels {
  /** Flat output positions, phase by phase. */
  readonly phases: readonly (readonly number[])[];
  readonly output: Uint8Array;
}

/** The border pixels of a layer (or all pixels where the layer gathers all). */
function borderPixels(labels: Uint8Array, from: number, layer: RegionLayer): BorderPixels {
  const { size } = layer;
  const inSize = inputSize(layer);
  const output = resizeLabels(labels, from, size);
  const input = resizeLabels(labels, from, inSize);
  const shift = layer.upsample ? 1 : 0;
  const phases: number[][] = Array.from({ length: phasesOf(layer) }, () => []);
  const everything = gathersAll(layer);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const region = output[y * size + x]!;
      if (!everything && sameAround(input, inSize, y >> shift, x >> shift, region)) continue;
      phases[layer.upsample ? (y & 1) * 2 + (x & 1) : 0]!.push(y * size + x);
    }
  }
  return { phases, output };
}

/** Whether the 3×3 neighbourhood of an input pixel lies in one region (outside the map counts as the same). */
function sameAround(labels: Uint8Array, size: number, row: number, column: number, region: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(size - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(size - 1, column + 1); x++)
      if (labels[y * size + x] !== region) return false;
  return true;
}

/**
 * How much room the layers need for a label map, rounded up.
 * @param labels square map, `size`² labels
 */
export function regionCapacities(
  labels: Uint8Array,
  size: number,
  layers: readonly RegionLayer[],
  regions: number,
): RegionCapacities {
  const capacities = new Map<string, number>();
  for (const layer of layers) {
    const pixels = layer.size ** 2 / phasesOf(layer);
    const needed = Math.max(...borderPixels(labels, size, layer).phases.map((phase) => phase.length));
    const step = Math.max(1, Math.ceil(pixels / CAPACITY_STEPS));
    capacities.set(layer.name, Math.min(pixels, Math.max(step, Math.ceil(needed / step) * step)));
  }
  return { regions, layers: capacities };
}

/** Names of the inputs that a masked layer reads. */
export const regionInputNames = (layer: RegionLayer) => ({
  interior: `regions.${layer.name}.interior`,
  positions: `regions.${layer.name}.positions`,
  taps: `regions.${layer.name}.taps`,
  valid: `regions.${layer.name}.valid`,
  membership: `regions.${layer.name}.membership`,
});

/**
 * The inputs of the exact region convolution for a label map.
 *
 * For every layer with P phases of capacity N, input side `i`, output side `o`:
 * `interior [1,o²]` ones where the plain convolution is right (not for layers that gather all); `positions [P·N]` flat output positions; `taps [9,P·N]`
 * flat input positions of the 3×3 footprint; `valid [9,P·N]` zero for taps outside the map; `membership [R,P·N]`
 * one-hot region of each listed pixel, all zero for unused places (which therefore add nothing, nor to gradients).
 * @throws UsageError when a label is no region or the borders do not fit the capacities
 */
export function regionInputs(
  labels: Uint8Array,
  size: number,
  layers: readonly RegionLayer[],
  capacities: RegionCapacities,
): Record<string, TensorData> {
  if (labels.length !== size * size)
    throw new UsageError(`A label map of ${size}×${size} has ${size * size} labels, not ${labels.length}.`);
  const wrong = labels.find((label) => label >= capacities.regions);
  if (wrong !== undefined)
    throw new UsageError(`The label map holds ${wrong}; regions are 0 to ${capacities.regions - 1}.`);
  const inputs: Record<string, TensorData> = {};
  for (const layer of layers) Object.assign(inputs, layerInputs(labels, size, layer, capacities));
  return inputs;
}

function layerInputs(
  labels: Uint8Array,
  from: number,
  layer: RegionLayer,
  { regions, layers }: RegionCapacities,
): Record<string, TensorData> {
  const capacity = layers.get(layer.name);
  if (capacity === undefined) throw new UsageError(`No capacity is known for the layer ${layer.name}.`);
  const { phases, output } = borderPixels(labels, from, layer);
  const inSize = inputSize(layer);
  const shift = layer.upsample ? 1 : 0;
  const places = phases.length * capacity;
  const interior = new Float32Array(layer.size ** 2).fill(1);
  const positions = new BigInt64Array(places);
  const taps = new BigInt64Array(9 * places);
  const valid = new Float32Array(9 * places);
  const membership = new Float32Array(regions * places);
  phases.forEach((pixels, phase) => {
    if (pixels.length > capacity)
      throw new UsageError(`${layer.name} has room for ${capacity} border pixels, the label map has ${pixels.length}.`);
    pixels.forEach((position, index) => {
      const place = phase * capacity + index;
      interior[position] = 0;
      positions[place] = BigInt(position);
      membership[output[position]! * places + place] = 1;
      const row = Math.floor(position / layer.size) >> shift;
      const column = (position % layer.size) >> shift;
      for (let tap = 0; tap < 9; tap++) {
        const y = row + Math.floor(tap / 3) - 1;
        const x = column + (tap % 3) - 1;
        if (y < 0 || x < 0 || y >= inSize || x >= inSize) continue;
        taps[tap * places + place] = BigInt(y * inSize + x);
        valid[tap * places + place] = 1;
      }
    });
  });
  const names = regionInputNames(layer);
  return {
    ...(gathersAll(layer) ? {} : { [names.interior]: { dims: [1, layer.size ** 2], data: interior } }),
    [names.positions]: { dims: [places], data: positions },
    [names.taps]: { dims: [9, places], data: taps },
    [names.valid]: { dims: [9, places], data: valid },
    [names.membership]: { dims: [regions, places], data: membership },
  };
}
