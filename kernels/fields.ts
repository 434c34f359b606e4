/** Sums over few points or components for each of many places. */
import { at, bytes, putFour } from './lanes';

/**
 * The mean of moves weighted by 1 / (d^4 + softness), d the distance of a place from their points (x, y, dx, dy each),
 * and the smallest d^2: on a square grid of `side` (a multiple of four) cells of `step`.
 */
export function weighMoves(
  points: usize,
  count: i32,
  side: i32,
  step: f32,
  softness: f32,
  dx: usize,
  dy: usize,
  nearest: usize,
): void {
  const one = f32x4.splat(1);
  for (let j = 0, o = 0; j < side; j++) {
    const y = f32x4.splat((<f32>j + 0.5) * step);
    for (let i = 0; i < side; i += 4, o += 4) {
      const x = f32x4.mul(f32x4.add(f32x4.splat(<f32>i + 0.5), f32x4(0, 1, 2, 3)), f32x4.splat(step));
      let total = f32x4.splat(0);
      let sx = f32x4.splat(0);
      let sy = f32x4.splat(0);
      let least = f32x4.splat(f32.MAX_VALUE);
      for (let p = 0; p < count; p++) {
        const at = points + bytes(4 * p);
        const ux = f32x4.sub(x, v128.load32_splat(at));
        const uy = f32x4.sub(y, v128.load32_splat(at, 4));
        const d2 = f32x4.add(f32x4.mul(ux, ux), f32x4.mul(uy, uy));
        least = f32x4.min(least, d2);
        const w = f32x4.div(one, f32x4.add(f32x4.mul(d2, d2), f32x4.splat(softness)));
        total = f32x4.add(total, w);
        sx = f32x4.add(sx, f32x4.mul(w, v128.load32_splat(at, 8)));
        sy = f32x4.add(sy, f32x4.mul(w, v128.load32_splat(at, 12)));
      }
      putFour(dx, o, f32x4.div(sx, total));
      putFour(dy, o, f32x4.div(sy, total));
      putFour(nearest, o, least);
    }
  }
}

/** Numbers of a component: mean, precision (xx, xy, xz, yy, yz, zz), factor. */
const COMPONENT: i32 = 10;

/** The density of colours (three values each) under a mixture of Gaussians, up to a constant. */
export function densities(colors: usize, count: i32, model: usize, components: i32, out: usize): void {
  for (let i = 0; i < count; i++) {
    let sum: f32 = 0;
    for (let k = 0, c = model; k < components; k++, c += bytes(COMPONENT)) {
      const x = at(colors, 3 * i) - at(c, 0);
      const y = at(colors, 3 * i + 1) - at(c, 1);
      const z = at(colors, 3 * i + 2) - at(c, 2);
      const mixed = at(c, 4) * x * y + at(c, 5) * x * z + at(c, 7) * y * z;
      const q = at(c, 3) * x * x + at(c, 6) * y * y + at(c, 8) * z * z + 2 * mixed;
      if (q < 60) sum += at(c, 9) * Mathf.exp(-0.5 * q);
    }
    store<f32>(out + bytes(i), sum);
  }
}
