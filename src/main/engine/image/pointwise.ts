/** Planes combined pixel by pixel. All planes of a call have the same length where nothing else is said. */
import { withKernels } from './kernels/kernels.ts';
import { rawPlane } from './planes.ts';

/** Changes planes (one after another in `own`) to own where the share is 1, other where it is 0, mixed between. */
export function mixPlanes(own: Float32Array, other: Float32Array, share: Float32Array): void {
  const channels = own.length / share.length;
  withKernels({ read: [other, share], change: [own] }, (kernels, [from, by, to]) =>
    kernels.mixPlanes(to!, from!, by!, share.length, channels),
  );
}

/** Changes each value to where it lies between `low` (0) and `high` (1), clipped. */
export function rampInPlace(plane: Float32Array, low: number, high: number): void {
  withKernels({ change: [plane] }, (kernels, [at]) => kernels.ramp(at!, low, 1 / (high - low), plane.length, at!));
}

/** Raises each value to `scale` times the other's where that is larger. */
export function raiseTo(plane: Float32Array, other: Float32Array, scale = 1): void {
  withKernels({ read: [other], change: [plane] }, (kernels, [from, to]) =>
    kernels.raise(to!, from!, scale, plane.length),
  );
}

/** a b + c, or a b alone. */
export function multiplyAdd(a: Float32Array, b: Float32Array, c?: Float32Array): Float32Array<ArrayBuffer> {
  const out = rawPlane(a.length);
  withKernels({ read: c ? [a, b, c] : [a, b], write: [out] }, (kernels, places) =>
    kernels.multiplyAdd(places[0]!, places[1]!, c ? places[2]! : 0, a.length, places[places.length - 1]!),
  );
  return out;
}

/** What lies over a face: opacity of what covers it, and where it shows nothing usable. */
interface FaceCover {
  /** Above 0 where the face lies. */
  readonly mask: Float32Array;
  readonly cover: Float32Array;
  readonly lost: Float32Array;
}

/** region (1 - cover) (1 - lost) share where the face lies, 0 elsewhere. */
export function faceOpacity(
  { mask, cover, lost }: FaceCover,
  region: Float32Array,
  share: Float32Array,
): Float32Array<ArrayBuffer> {
  const out = rawPlane(mask.length);
  withKernels({ read: [mask, region, cover, lost, share], write: [out] }, (kernels, [m, r, c, l, s, to]) =>
    kernels.faceOpacity(m!, r!, c!, l!, s!, mask.length, to!),
  );
  return out;
}

/** 1 less the larger of cover and lost where the face lies, 0 elsewhere. */
export function seenShare({ mask, cover, lost }: FaceCover): Float32Array<ArrayBuffer> {
  const out = rawPlane(mask.length);
  withKernels({ read: [mask, cover, lost], write: [out] }, (kernels, [m, c, l, to]) =>
    kernels.seenShare(m!, c!, l!, mask.length, to!),
  );
  return out;
}

/** Changes a plane to smooth + (1 - inside) plane; returns the largest amount of the result. */
export const fadeInto = (plane: Float32Array, smooth: Float32Array, inside: Float32Array): number =>
  withKernels({ read: [smooth, inside], change: [plane] }, (kernels, [s, i, to]) =>
    kernels.fadeInto(to!, s!, i!, plane.length),
  );

/** Divides by the weight where it is above `least`; 0 elsewhere. */
export function divideBy(plane: Float32Array, weight: Float32Array, least: number): void {
  withKernels({ read: [weight], change: [plane] }, (kernels, [w, to]) =>
    kernels.divideBy(to!, w!, least, plane.length),
  );
}
