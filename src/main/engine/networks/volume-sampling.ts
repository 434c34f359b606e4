/**
 * Trilinear sampling of volumes as face-vid2vid was trained with it (spec pipeline 2.3): coordinates -1 and 1 are the
 * outermost voxels' centres when a grid is made, but the volume's outer faces when it is read, so that the identity
 * grid moves everything a little; outside is zero. Made of matrix products and gathers, because few providers sample volumes.
 */
import type { TensorData } from '#engine/tensor/data.ts';
import type { Graph, Value } from '#engine/tensor/graph.ts';
import { abs, add, cast, clip, floor, mul, relu, sub, sum } from '#engine/tensor/ops/elementwise.ts';
import { gather } from '#engine/tensor/ops/indexing.ts';
import { flatten, pad, reshape, select, transpose } from '#engine/tensor/ops/layout.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';

const vector = (graph: Graph, numbers: readonly number[], dims: readonly number[]): Value => {
  const data: TensorData = { dims, data: Float32Array.from(numbers) };
  return graph.constant(data);
};

/** `2·i/(size-1) - 1`. */
export const gridCoordinates = (size: number): number[] =>
  Array.from({ length: size }, (_, index) => (2 * index) / (size - 1) - 1);

/** Position in voxels of a grid coordinate: `((g + 1)·size - 1)/2`. */
const positionOf = (coordinate: Value, size: number): Value => add(mul(coordinate, size / 2), (size - 1) / 2);

/** For each shift, the weight of every voxel of an axis in every sample of it: `[K,size,size]`. @param shifts `[K]` */
function shiftWeights(shifts: Value, size: number): Value {
  const { graph } = shifts;
  const own = vector(graph, gridCoordinates(size), [1, size, 1]);
  const position = positionOf(add(own, reshape(shifts, [-1, 1, 1])), size);
  const voxels = vector(
    graph,
    Array.from({ length: size }, (_, index) => index),
    [1, 1, size],
  );
  return relu(sub(1, abs(sub(position, voxels))));
}

/**
 * One volume read at the identity grid plus each of K shifts. A shift acts on every axis by itself, so reading is a
 * matrix product per axis.
 * @param volume `[D,C,H,W]` @param shifts `[K,3]`: x, y, z @returns `[K,D,C,H,W]`
 */
export function shiftVolume(volume: Value, shifts: Value): Value {
  const [depth, channels, height, width] = volume.shape as [number, number, number, number];
  const [x, y, z] = [width, height, depth].map((size, axis) => shiftWeights(select(shifts, 1, axis), size));
  const alongX = matmul(reshape(volume, [1, -1, width]), transpose(x!, [0, 2, 1]));
  const rows = reshape(alongX, [-1, depth * channels, height, width]);
  const alongY = matmul(reshape(y!, [-1, 1, height, height]), rows);
  const planes = reshape(alongY, [-1, depth, channels * height * width]);
  return reshape(matmul(z!, planes), [-1, depth, channels, height, width]);
}

/**
 * A volume read at any places.
 * @param volume `[D,C,H,W]` @param grid `[d,h,w,3]`: x, y, z in -1..1 @returns `[d,C,h,w]`
 */
export function sampleVolume(volume: Value, grid: Value): Value {
  const [depth, channels, height, width] = volume.shape as [number, number, number, number];
  // A border of zeros takes the place of what lies outside.
  const bordered = pad(volume, [1, 0, 1, 1], [1, 0, 1, 1]);
  const rows = reshape(transpose(bordered, [0, 2, 3, 1]), [-1, channels]);
  const axes = [width, height, depth].map((size, axis) => {
    const coordinate = flatten(select(grid, 3, axis), 0);
    const position = clip(positionOf(coordinate, size), -1, size);
    const low = clip(floor(position), -1, size - 1);
    const above = sub(position, low);
    return { cell: add(low, 1), weights: [sub(1, above), above] as const };
  });
  const [x, y, z] = axes as [(typeof axes)[0], (typeof axes)[0], (typeof axes)[0]];
  const [rowStride, planeStride] = [width + 2, (width + 2) * (height + 2)];
  // Below 2²⁴, so floats hold the positions exactly.
  const first = add(add(mul(z.cell, planeStride), mul(y.cell, rowStride)), x.cell);
  const corners = [0, 1].flatMap((k) =>
    [0, 1].flatMap((j) =>
      [0, 1].map((i) => {
        const index = cast(add(first, k * planeStride + j * rowStride + i), 'int32');
        const weight = mul(mul(z.weights[k]!, y.weights[j]!), x.weights[i]!);
        return mul(gather(rows, index, 0), reshape(weight, [-1, 1]));
      }),
    ),
  );
  const [d, h, w] = grid.shape as [number, number, number];
  return transpose(reshape(sum(corners), [d, h, w, channels]), [0, 3, 1, 2]);
}
