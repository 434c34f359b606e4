/** Gaussian blur as three box passes per axis: the same cost for every width. Edges repeat. */
import { withKernels } from './kernels/kernels.ts';
import { rawPlane } from './planes.ts';

/** The three box radii whose cascade has the variance of a Gaussian of this sigma (pixels). */
export function boxRadii(sigma: number): [number, number, number] {
  const passes = 3;
  const ideal = Math.sqrt((12 * sigma * sigma) / passes + 1);
  let low = Math.floor(ideal);
  if (low % 2 === 0) low--;
  const small = Math.round((12 * sigma * sigma - passes * (low * low + 4 * low + 3)) / (-4 * low - 4));
  const radius = (pass: number) => ((pass < small ? low : low + 2) - 1) >> 1;
  return [radius(0), radius(1), radius(2)];
}

/** Bytes of the kernel's two strips of four rows, or of sixteen columns. */
const blurRoom = (width: number, height: number): number => 2 * Math.max(16 * width, 64 * height);

/** Blurs a plane with a Gaussian of `sigma` pixels; below 0.4 pixels it stays as it is. */
export function blurInPlace(plane: Float32Array, width: number, height: number, sigma: number): void {
  if (sigma < 0.4) return;
  const [first, second, third] = boxRadii(sigma);
  withKernels({ change: [plane], room: blurRoom(width, height) }, (kernels, [at], room) =>
    kernels.blur(at!, width, height, first, second, third, room),
  );
}

/** The plane blurred with a Gaussian of `sigma` pixels; below 0.4 pixels a copy. */
export function gaussianBlur(
  source: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array<ArrayBuffer> {
  const out = rawPlane(width * height);
  out.set(source.subarray(0, out.length));
  blurInPlace(out, width, height, sigma);
  return out;
}
