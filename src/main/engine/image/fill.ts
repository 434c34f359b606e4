/** Smooth filling of unknown places by pull-push (Gortler et al., The Lumigraph, section 3.4): known values spread outwards. */
import { withKernels } from './kernels/kernels.ts';
import type { Plane } from './picture.ts';
import { newPlane, rawPlane } from './planes.ts';

interface Weighted {
  readonly width: number;
  readonly height: number;
  /** Channel-major weighted means. */
  readonly data: Float32Array;
  readonly weight: Float32Array;
}

/** Half the size: means of 2x2 cells weighted by confidence, the confidence saturating at 1. */
function pull(fine: Weighted, channels: number): Weighted {
  const width = (fine.width + 1) >> 1;
  const height = (fine.height + 1) >> 1;
  const n = width * height;
  const data = newPlane(n * channels);
  const weight = newPlane(n);
  const lent = { read: [fine.data, fine.weight], change: [data, weight] };
  withKernels(lent, (kernels, [from, confidence, to, toConfidence]) =>
    kernels.pull(from!, confidence!, fine.width, fine.height, channels, to!, toConfidence!),
  );
  return { width, height, data, weight };
}

/** Mixes the enlarged coarse level in where the fine one has little confidence. */
function push({ width, height, data, weight }: Weighted, coarse: Float32Array, channels: number) {
  const out = rawPlane(width * height * channels);
  withKernels({ read: [data, weight, coarse], write: [out] }, (kernels, [fine, confidence, below, to]) =>
    kernels.push(fine!, confidence!, below!, width, height, channels, to!),
  );
  return out;
}

/**
 * Fills the places of low confidence from the confident ones round them.
 * @param data channel-major planes of width x height
 * @param weight confidence in [0, 1] of each pixel; where it is 1 the values stay
 * @returns new planes; all zero when there is no confident pixel
 */
export function fillUnknown(
  data: Float32Array,
  weight: Float32Array,
  width: number,
  height: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const levels: Weighted[] = [{ width, height, data, weight }];
  for (let top = levels[0]!; top.width > 1 || top.height > 1; top = levels[levels.length - 1]!)
    levels.push(pull(top, channels));
  const last = levels.pop()!;
  let coarse = rawPlane(last.data.length);
  coarse.set(last.data);
  for (let level = levels.pop(); level; level = levels.pop()) coarse = push(level, coarse, channels);
  return coarse;
}

/** `fillUnknown` of one plane. */
export const fillPlane = ({ width, height, data }: Plane, weight: Float32Array): Plane => ({
  width,
  height,
  data: fillUnknown(data, weight, width, height, 1),
});
