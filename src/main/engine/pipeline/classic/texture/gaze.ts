/** Gaze: inside the eyelids, the place that is read in the source shifts so that its iris sits where the target looks. */
import { PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { smoothstep } from '#engine/image/math.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import type { Rect } from '#engine/image/working.ts';
import type { CompositeMesh } from '../composite-mesh.ts';
import { contourPoints, VERTEX } from '../contours.ts';

const EYES = [
  { contour: 'rightEye', iris: VERTEX.rightIris, outer: VERTEX.rightEyeOuter, inner: VERTEX.rightEyeInner },
  { contour: 'leftEye', iris: VERTEX.leftIris, outer: VERTEX.leftEyeOuter, inner: VERTEX.leftEyeInner },
] as const;

/** The shift fades out between these multiples of the iris radius. */
const FULL_WITHIN = 1.1;
const NONE_BEYOND = 2.6;
/** Vertical gaze follows half: lids move with it, and they stay. */
const VERTICAL_SHARE = 0.5;

/**
 * Shifts the sampling positions `u`, `v` (planes of the window, positions in the source's crop).
 * @param sourceLandmarks @param targetLandmarks 478 points with irises
 */
export function moveGaze(
  u: Float32Array,
  v: Float32Array,
  window: Rect,
  mesh: CompositeMesh,
  sourceLandmarks: Float32Array,
  targetLandmarks: Float32Array,
): void {
  const { width, height } = window;
  for (const { contour, iris, outer, inner } of EYES) {
    const t = (i: number, k: number) => targetLandmarks[3 * i + k]!;
    const c = (i: number, k: number) => mesh.composite[3 * i + k]! - (k === 0 ? window.x : window.y);
    // The similarity that takes the target's eye corners to the composite's takes its iris along.
    const tx = t(inner, 0) - t(outer, 0);
    const ty = t(inner, 1) - t(outer, 1);
    const cx = c(inner, 0) - c(outer, 0);
    const cy = c(inner, 1) - c(outer, 1);
    const length2 = tx * tx + ty * ty;
    const re = (tx * cx + ty * cy) / length2;
    const im = (tx * cy - ty * cx) / length2;
    const px = t(iris, 0) - t(outer, 0);
    const py = t(iris, 1) - t(outer, 1);
    const ix = c(outer, 0) + re * px - im * py;
    const iy = c(outer, 1) + im * px + re * py;
    const diameter = Math.hypot(t(iris + 1, 0) - t(iris + 3, 0), t(iris + 1, 1) - t(iris + 3, 1));
    const radius = (diameter / 2) * Math.hypot(re, im);
    if (!(ix >= 1 && iy >= 1 && ix < width - 1 && iy < height - 1 && radius > 0.5)) continue;
    // What is read at the iris now: the value of the pixel it lies in, moved on to its exact place.
    const centre = Math.floor(iy) * width + Math.floor(ix);
    const shiftX = sourceLandmarks[3 * iris]! - (u[centre]! + ix - Math.floor(ix) - 0.5);
    const shiftY = VERTICAL_SHARE * (sourceLandmarks[3 * iris + 1]! - (v[centre]! + iy - Math.floor(iy) - 0.5));
    const reach = NONE_BEYOND * radius;
    const x0 = Math.max(0, Math.floor(ix - reach));
    const x1 = Math.min(width - 1, Math.ceil(ix + reach));
    const y0 = Math.max(0, Math.floor(iy - reach));
    const y1 = Math.min(height - 1, Math.ceil(iy + reach));
    const bw = x1 - x0 + 1;
    const bh = y1 - y0 + 1;
    const lids = contourPoints(mesh.composite, PARTS[contour]).map(
      ([x, y]) => [x - window.x - x0, y - window.y - y0] as const,
    );
    const open = gaussianBlur(fillPolygon(lids, bw, bh), bw, bh, Math.max(1, radius * 0.12));
    for (let y = 0; y < bh; y++) {
      for (let x = 0; x < bw; x++) {
        const distance = Math.hypot(x + x0 + 0.5 - ix, y + y0 + 0.5 - iy) / radius;
        const share = smoothstep(NONE_BEYOND, FULL_WITHIN, distance) * open[y * bw + x]!;
        const i = (y + y0) * width + x + x0;
        u[i]! += shiftX * share;
        v[i]! += shiftY * share;
      }
    }
  }
}
