/** Gaussian and Laplacian pyramids with the 5-tap binomial kernel [1 4 6 4 1] / 16 (Burt and Adelson 1983). Edges repeat. */
import { withKernels } from './kernels/kernels.ts';
import type { Plane } from './picture.ts';
import { newPlane, rawPlane } from './planes.ts';

/** Bytes of one row that the kernels work on, with the values beyond its ends. */
const rowRoom = (width: number): number => 4 * (width + 16);

/** Blurs with the binomial kernel and keeps every second sample: ceil(width / 2) x ceil(height / 2). */
export function reducePlane({ width, height, data }: Plane): Plane {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const out = rawPlane(w * h);
  withKernels({ read: [data], write: [out], room: rowRoom(width) }, (kernels, [from, to], room) =>
    kernels.reduce(from!, width, height, to!, room),
  );
  return { width: w, height: h, data: out };
}

/**
 * Enlarges a reduced plane to the size of `fine` with the same kernel (the counterpart of `reducePlane`) and writes
 * fine + sign · enlarged into `out`, which may be `fine`'s own data.
 */
function addEnlarged(coarse: Plane, fine: Plane, sign: 1 | -1, out: Float32Array): void {
  const { width, height, data } = fine;
  const lent = data === out ? { read: [coarse.data], change: [out] } : { read: [coarse.data, data], write: [out] };
  withKernels({ ...lent, room: rowRoom(width) }, (kernels, places, room) =>
    kernels.addEnlarged(places[0]!, places[1]!, width, height, sign, places[places.length - 1]!, room),
  );
}

/** Enlarges a reduced plane to width x height. */
export function expandPlane(coarse: Plane, width: number, height: number): Plane {
  const fine = { width, height, data: newPlane(width * height) };
  addEnlarged(coarse, fine, 1, fine.data);
  return fine;
}

/** `levels` planes, each half the one before; the first is the plane itself. */
export function gaussianPyramid(plane: Plane, levels: number): Plane[] {
  const out = [plane];
  while (out.length < levels) out.push(reducePlane(out[out.length - 1]!));
  return out;
}

/** Band-pass levels, the last one low-pass. `collapsePyramid` restores the plane up to rounding. */
export function laplacianPyramid(plane: Plane, levels: number): Plane[] {
  const gaussian = gaussianPyramid(plane, levels);
  return gaussian.map((level, i) => {
    const coarser = gaussian[i + 1];
    if (!coarser) return level;
    const data = rawPlane(level.data.length);
    addEnlarged(coarser, level, -1, data);
    return { width: level.width, height: level.height, data };
  });
}

/** The plane of a Laplacian pyramid. Writes into the bands' own data: the pyramid is used up. */
export function collapsePyramid(bands: readonly Plane[]): Plane {
  for (let i = bands.length - 2; i >= 0; i--) addEnlarged(bands[i + 1]!, bands[i]!, 1, bands[i]!.data);
  return bands[0]!;
}

/** Mixes a band in its place: face becomes background + mask · (gain · face - background). */
export function mixBand(face: Float32Array, background: Float32Array, mask: Float32Array, gain: number): void {
  withKernels({ read: [background, mask], change: [face] }, (kernels, [b, m, f]) =>
    kernels.mixBand(f!, b!, m!, gain, face.length),
  );
}

/** The sum of the squares of a band where the mask is above `limit`. */
export const bandEnergy = (band: Float32Array, mask: Float32Array, limit: number): number =>
  withKernels({ read: [band, mask] }, (kernels, [b, m]) => kernels.bandEnergy(b!, m!, limit, band.length));
