/** Rasterises attributes of a triangle mesh with a depth test: the nearest triangle (smallest z) wins. */
import { newPlane } from './planes.ts';

export interface RasterizedMesh {
  /** Attribute planes, channel-major; 0 where no triangle lies. */
  readonly attributes: Float32Array<ArrayBuffer>;
  /** 1 where a triangle lies. */
  readonly mask: Float32Array<ArrayBuffer>;
}

const FAR = 1e9;
const SMALLEST_AREA = 1e-3;
/** Barycentric slack, so that shared edges leave no cracks. */
const SLACK = -1e-4;

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
  for (let t = 0; t < triangles.length; t += 3) {
    const ia = triangles[t]!;
    const ib = triangles[t + 1]!;
    const ic = triangles[t + 2]!;
    const ax = vertices[3 * ia]!;
    const ay = vertices[3 * ia + 1]!;
    const bx = vertices[3 * ib]! - ax;
    const by = vertices[3 * ib + 1]! - ay;
    const cx = vertices[3 * ic]! - ax;
    const cy = vertices[3 * ic + 1]! - ay;
    const area = bx * cy - by * cx;
    if (Math.abs(area) < SMALLEST_AREA) continue;
    const za = vertices[3 * ia + 2]!;
    const zb = vertices[3 * ib + 2]! - za;
    const zc = vertices[3 * ic + 2]! - za;
    const x0 = Math.max(0, Math.floor(ax + Math.min(0, bx, cx) - 0.5));
    const x1 = Math.min(width - 1, Math.ceil(ax + Math.max(0, bx, cx)));
    const y0 = Math.max(0, Math.floor(ay + Math.min(0, by, cy) - 0.5));
    const y1 = Math.min(height - 1, Math.ceil(ay + Math.max(0, by, cy)));
    for (let y = y0; y <= y1; y++) {
      const py = y + 0.5 - ay;
      for (let x = x0, i = y * width + x0; x <= x1; x++, i++) {
        const px = x + 0.5 - ax;
        const wb = (px * cy - py * cx) / area;
        const wc = (bx * py - by * px) / area;
        if (wb < SLACK || wc < SLACK || 1 - wb - wc < SLACK) continue;
        const z = za + wb * zb + wc * zc;
        if (z >= depth[i]!) continue;
        depth[i] = z;
        const wa = 1 - wb - wc;
        for (let k = 0; k < channels; k++) {
          attributes[k * n + i] =
            wa * values[ia * channels + k]! + wb * values[ib * channels + k]! + wc * values[ic * channels + k]!;
        }
      }
    }
  }
  const mask = newPlane(n);
  for (let i = 0; i < n; i++) mask[i] = depth[i]! < FAR ? 1 : 0;
  return { attributes, mask };
}
