/** Rasterises attributes of a triangle mesh with a depth test: the nearest triangle (smallest z) wins. */
import { withKernels } from './kernels/kernels.ts';
import { newPlane } from './planes.ts';

export interface RasterizedMesh {
  /** Attribute planes, channel-major; 0 where no triangle lies. */
  readonly attributes: Float32Array<ArrayBuffer>;
  /** 1 where a triangle lies. */
  readonly mask: Float32Array<ArrayBuffer>;
}

const FAR = 1e9;

/**
 * Interpolates `channels` values a vertex linearly over the triangles.
 * @param vertices x, y, z interleaved, in pixels of the output
 * @param triangles three vertex indices each, any winding
 * @param values vertex-major attributes
 */
export function rasterizeMesh(
  vertices: Float32Array,
  triangles: ArrayLike<number>,
  values: Float32Array,
  channels: number,
  width: number,
  height: number,
): RasterizedMesh {
  const n = width * height;
  const attributes = newPlane(n * channels);
  const depth = newPlane(n).fill(FAR);
  withKernels(
    { read: [vertices, Float32Array.from(triangles), values], change: [depth, attributes] },
    (kernels, [points, corners, perVertex, z, to]) =>
      kernels.rasterize(points!, corners!, triangles.length / 3, perVertex!, channels, width, height, z!, to!),
  );
  const mask = newPlane(n);
  for (let i = 0; i < n; i++) mask[i] = depth[i]! < FAR ? 1 : 0;
  return { attributes, mask };
}
