/**
 * Affine warps with the numbers of OpenCV's `warpAffine` (linear): positions are rounded to 1/32 pixel. Maps are in
 * OpenCV's coordinates, in which a pixel's centre has whole numbers; outside the picture everything is 0.
 */
import type { Affine } from '../affine.ts';
import { invertAffine } from '../affine.ts';
import type { ByteImage, Plane } from '../picture.ts';
import { mapChannels } from './byte-image.ts';

const SCALE = 1024;
const FRACTIONS = 32;

function roundHalfEven(x: number): number {
  const r = Math.round(x);
  return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

/** Bilinear values of one channel at the positions of the output's pixels, in row-major order. */
function sampleGrid(
  source: ArrayLike<number>,
  sourceWidth: number,
  sourceHeight: number,
  map: Affine,
  width: number,
  height: number,
  write: (i: number, value: number) => void,
): void {
  const [a, b, c, d, e, f] = invertAffine(map);
  const stepX = Int32Array.from({ length: width }, (_, x) => roundHalfEven(a * x * SCALE));
  const stepY = Int32Array.from({ length: width }, (_, x) => roundHalfEven(d * x * SCALE));
  const half = SCALE / FRACTIONS / 2;
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= sourceWidth || y >= sourceHeight ? 0 : source[y * sourceWidth + x]!;
  const [lastX, lastY] = [sourceWidth - 1, sourceHeight - 1];
  for (let y = 0, i = 0; y < height; y++) {
    const startX = roundHalfEven((b * y + c) * SCALE) + half;
    const startY = roundHalfEven((e * y + f) * SCALE) + half;
    for (let x = 0; x < width; x++, i++) {
      const u = (startX + stepX[x]!) >> 5;
      const v = (startY + stepY[x]!) >> 5;
      const x0 = u >> 5;
      const y0 = v >> 5;
      if (x0 < -1 || y0 < -1 || x0 > lastX || y0 > lastY) continue;
      const s = (u & 31) / FRACTIONS;
      const t = (v & 31) / FRACTIONS;
      let top: number;
      let bottom: number;
      if (x0 >= 0 && y0 >= 0 && x0 < lastX && y0 < lastY) {
        const p = y0 * sourceWidth + x0;
        top = source[p]! * (1 - s) + source[p + 1]! * s;
        bottom = source[p + sourceWidth]! * (1 - s) + source[p + sourceWidth + 1]! * s;
      } else {
        top = at(x0, y0) * (1 - s) + at(x0 + 1, y0) * s;
        bottom = at(x0, y0 + 1) * (1 - s) + at(x0 + 1, y0 + 1) * s;
      }
      write(i, top * (1 - t) + bottom * t);
    }
  }
}

/**
 * The picture under `map` (picture to output), width x height, rounded.
 * @throws RangeError when the map has no inverse
 */
export const warpLevels = (image: ByteImage, map: Affine, width: number, height: number): ByteImage =>
  mapChannels(image, width, height, (channel) => {
    const out = new Uint8Array(width * height);
    sampleGrid(channel, image.width, image.height, map, width, height, (i, value) => {
      out[i] = value + 0.5;
    });
    return out;
  });

/** The plane under `map` (plane to output), width x height. @throws RangeError when the map has no inverse */
export function warpPlane(plane: Plane, map: Affine, width: number, height: number): Plane {
  const data = new Float32Array(width * height);
  sampleGrid(plane.data, plane.width, plane.height, map, width, height, (i, value) => {
    data[i] = value;
  });
  return { width, height, data };
}
