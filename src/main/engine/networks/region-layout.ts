/**
 * Where the regions of a label map meet, layer by layer: what the exact region convolution needs to know besides the
 * masks. Everything here is plain data computed from a label map; the graph takes it as inputs, so one session serves
 * every label map whose borders fit its capacities.
 *
 * A *foreign tap* is a place where the kernel around an output pixel reads an input pixel of another region.
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

/**
 * Foreign taps are listed in groups that share a kernel slice: `phase · 9 + tap`, where the phase tells even from odd
 * rows and columns of an upsampling layer.
 */
export interface LayerCapacity {
  /** Groups that have foreign taps, ascending. */
  readonly groups: readonly number[];
  /** Room in each of them. */
  readonly room: number;
}

export interface RegionCapacities {
  readonly regions: number;
  readonly layers: ReadonlyMap<string, LayerCapacity>;
}

/** Below this size every pixel is computed from its own patch: most of them are border pixels anyway. */
const PATCHES_BELOW = 32;
/** Room grows in steps of this share of a map, so that similar label maps share a session. */
const ROOM_STEPS = 1024;
const TAPS = 9;

/** Phases of a layer: output pixels of an upsampling layer see different taps at even and odd rows and columns. */
export const phasesOf = (layer: RegionLayer): number => (layer.upsample ? 4 : 1);

/** Whether the layer computes every pixel from its own patch; such layers need no lists. */
export const usesPatches = (layer: RegionLayer): boolean => layer.size < PATCHES_BELOW;

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

/** One group of foreign taps: four numbers each, `output position, input position, own region, foreign region`. */
type ForeignTaps = number[];
const FIELDS = 4;

function foreignTaps(labels: Uint8Array, from: number, layer: RegionLayer): ForeignTaps[] {
  const { size } = layer;
  const inSize = inputSize(layer);
  const output = resizeLabels(labels, from, size);
  const input = resizeLabels(labels, from, inSize);
  const shift = layer.upsample ? 1 : 0;
  const groups: ForeignTaps[] = Array.from({ length: phasesOf(layer) * TAPS }, () => []);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const position = y * size + x;
      const own = output[position]!;
      const phase = layer.upsample ? (y & 1) * 2 + (x & 1) : 0;
      for (let tap = 0; tap < TAPS; tap++) {
        const row = (y >> shift) + Math.floor(tap / 3) - 1;
        const column = (x >> shift) + (tap % 3) - 1;
        if (row < 0 || column < 0 || row >= inSize || column >= inSize) continue;
        const read = row * inSize + column;
        const foreign = input[read]!;
        if (foreign !== own) groups[phase * TAPS + tap]!.push(position, read, own, foreign);
      }
    }
  }
  return groups;
}

/** Layers that need lists. */
const listed = (layers: readonly RegionLayer[]): RegionLayer[] => layers.filter((layer) => !usesPatches(layer));

/**
 * How much room the layers need for some label maps together, rounded up.
 * @param maps square maps of `size`² labels each
 */
export function regionCapacities(
  maps: Uint8Array | readonly Uint8Array[],
  size: number,
  layers: readonly RegionLayer[],
  regions: number,
): RegionCapacities {
  const all = maps instanceof Uint8Array ? [maps] : maps;
  const capacities = new Map<string, LayerCapacity>();
  for (const layer of listed(layers)) {
    const counts = new Array<number>(phasesOf(layer) * TAPS).fill(0);
    for (const labels of all)
      foreignTaps(labels, size, layer).forEach((taps, group) => {
        counts[group] = Math.max(counts[group]!, taps.length / FIELDS);
      });
    const step = Math.ceil(layer.size ** 2 / phasesOf(layer) / ROOM_STEPS);
    capacities.set(layer.name, {
      groups: counts.flatMap((count, group) => (count > 0 ? [group] : [])),
      room: Math.ceil(Math.max(...counts) / step) * step,
    });
  }
  return { regions, layers: capacities };
}

/** Names of the inputs that a masked layer reads. */
export const regionInputNames = (layer: RegionLayer) => ({
  positions: `regions.${layer.name}.positions`,
  taps: `regions.${layer.name}.taps`,
  difference: `regions.${layer.name}.difference`,
});

/**
 * The inputs of the exact region convolution for a label map. For every layer with G groups of room N:
 * `positions [G·N]` flat output positions; `taps [G·N]` flat input positions; `difference [R,G·N]` one for the region
 * of the output pixel, minus one for that of the input pixel, all zero for unused places (which therefore add nothing,
 * nor to gradients).
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
  for (const layer of listed(layers)) Object.assign(inputs, layerInputs(labels, size, layer, capacities));
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
  const { groups, room } = capacity;
  const places = groups.length * room;
  if (places === 0) return {};
  const positions = new Int32Array(places);
  const taps = new Int32Array(places);
  const difference = new Float32Array(regions * places);
  foreignTaps(labels, from, layer).forEach((found, group) => {
    const slot = groups.indexOf(group);
    const count = found.length / FIELDS;
    if (count > (slot < 0 ? 0 : room))
      throw new UsageError(
        `${layer.name} has room for ${slot < 0 ? 0 : room} border pixels of a kind, the label map has ${count}.`,
      );
    for (let index = 0; index < count; index++) {
      const place = slot * room + index;
      const [position, read, own, foreign] = found.slice(index * FIELDS, index * FIELDS + FIELDS) as [
        number,
        number,
        number,
        number,
      ];
      positions[place] = position;
      taps[place] = read;
      difference[own * places + place] = 1;
      difference[foreign * places + place] = -1;
    }
  });
  const names = regionInputNames(layer);
  return {
    [names.positions]: { dims: [places], data: positions },
    [names.taps]: { dims: [places], data: taps },
    [names.difference]: { dims: [regions, places], data: difference },
  };
}
