import { newPlane } from '#engine/image/planes.ts';
import { VERTEX } from '../contours.ts';

/** Coordinates that move with the face: u across, v down, both -0.5 .. 0.5 over the mesh's outline. */
export interface FaceFrame {
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** Width of the face, cheek to cheek, pixels. */
  readonly faceWidth: number;
}

/** The face's own coordinates of each pixel of a size x size map; `landmarks` are in its pixels. */
export function faceFrame(landmarks: Float32Array, size: number): FaceFrame {
  const at = (i: number): [number, number] => [landmarks[3 * i]!, landmarks[3 * i + 1]!];
  const [lx, ly] = at(VERTEX.rightCheek);
  const [rx, ry] = at(VERTEX.leftCheek);
  const [tx, ty] = at(VERTEX.foreheadTop);
  const [cx, cy] = at(VERTEX.chin);
  const width2 = (rx - lx) ** 2 + (ry - ly) ** 2;
  const height2 = (cx - tx) ** 2 + (cy - ty) ** 2;
  const mx = (tx + cx) / 2;
  const my = (ty + cy) / 2;
  const u = newPlane(size * size);
  const v = newPlane(size * size);
  for (let y = 0, i = 0; y < size; y++) {
    const dy = y + 0.5 - my;
    for (let x = 0; x < size; x++, i++) {
      const dx = x + 0.5 - mx;
      u[i] = (dx * (rx - lx) + dy * (ry - ly)) / width2;
      v[i] = (dx * (cx - tx) + dy * (cy - ty)) / height2;
    }
  }
  return { u, v, faceWidth: Math.sqrt(width2) };
}
