/** Antialiased resizing with the numbers of Pillow: weights of 22 bits, columns and rows rounded one after the other. */
import type { ByteImage } from '../picture.ts';
import { mapChannels } from './byte-image.ts';

const PRECISION = 22;
const HALF = 2 ** (PRECISION - 1);

interface Filter {
  readonly support: number;
  /** Weight at a distance in output pixels. */
  weight(x: number): number;
}

const CUBIC_A = -0.5;
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

export const PIL_FILTERS = {
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight(x: number) {
      const t = Math.abs(x);
      if (t < 1) return ((CUBIC_A + 2) * t - (CUBIC_A + 3)) * t * t + 1;
      return t < 2 ? (((t - 5) * t + 8) * t - 4) * CUBIC_A : 0;
    },
  },
  lanczos: { support: 3, weight: (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, Filter>;

export type PilFilter = keyof typeof PIL_FILTERS;

interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `room` weights for each output sample. */
  readonly weights: Int32Array;
  readonly room: number;
}

function tapsOf(from: number, to: number, { support, weight }: Filter): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const room = Math.ceil(reach) * 2 + 1;
  const taps = { first: new Int32Array(to), count: new Int32Array(to), weights: new Int32Array(to * room), room };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const count = Math.min(Math.trunc(centre + reach + 0.5), from) - first;
    const exact = Array.from({ length: count }, (_, k) => weight((k + first - centre + 0.5) / stretch));
    const sum = exact.reduce((a, b) => a + b, 0);
    taps.first[i] = first;
    taps.count[i] = count;
    exact.forEach((w, k) => {
      taps.weights[i * room + k] = Math.trunc((w / sum) * 2 ** PRECISION + (w < 0 ? -0.5 : 0.5));
    });
  }
  return taps;
}

const toLevel = (sum: number): number => {
  const v = sum >> PRECISION;
  return v < 0 ? 0 : v > 255 ? 255 : v;
};

function resizeColumns(source: Uint8Array, width: number, height: number, to: number, taps: Taps): Uint8Array {
  const out = new Uint8Array(to * height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < to; x++, o++) {
      const p = y * width + taps.first[x]!;
      const q = x * taps.room;
      let sum = HALF;
      for (let k = 0; k < taps.count[x]!; k++) sum += source[p + k]! * taps.weights[q + k]!;
      out[o] = toLevel(sum);
    }
  }
  return out;
}

function resizeRows(source: Uint8Array, width: number, to: number, taps: Taps): Uint8Array {
  const out = new Uint8Array(width * to);
  const sums = new Float64Array(width);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let k = 0; k < taps.count[y]!; k++) {
      const p = (taps.first[y]! + k) * width;
      const weight = taps.weights[y * taps.room + k]!;
      for (let x = 0; x < width; x++) sums[x]! += source[p + x]! * weight;
    }
    for (let x = 0; x < width; x++) out[y * width + x] = toLevel(sums[x]!);
  }
  return out;
}

/** The picture at width x height, antialiased where it shrinks. An axis that keeps its size is left as it is. */
export function resizePil(image: ByteImage, width: number, height: number, filter: PilFilter): ByteImage {
  const columns = tapsOf(image.width, width, PIL_FILTERS[filter]);
  const rows = tapsOf(image.height, height, PIL_FILTERS[filter]);
  return mapChannels(image, width, height, (channel) => {
    const wide = width === image.width ? channel : resizeColumns(channel, image.width, image.height, width, columns);
    return height === image.height ? wide : resizeRows(wide, width, height, rows);
  });
}
