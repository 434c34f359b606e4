/** The kernels against plain loops, and the lending of memory. */
import { describe, expect, it } from 'vitest';
import { blurInPlace, boxRadii } from '#engine/image/blur.ts';
import { changedLight, fromLogLight, logLight, logLightPlane, weighPlanes } from '#engine/image/color.ts';
import { fillUnknown } from '#engine/image/fill.ts';
import { KernelMemory, withKernels } from '#engine/image/kernels/kernels.ts';
import { newPlane, PlaneArena } from '#engine/image/planes.ts';
import * as pointwise from '#engine/image/pointwise.ts';
import { bandEnergy, expandPlane, mixBand, reducePlane } from '#engine/image/pyramid.ts';
import { resizePlane, rowsRoom, shrinkPlane } from '#engine/image/resize.ts';
import { sampleBilinear, sampleCubic } from '#engine/image/warp.ts';
import { colorDensities, colorDensity } from '#engine/pipeline/classic/parse/color-model.ts';
import { largestDifference, noise } from '../noise.ts';

/** Sizes with and without a rest beyond four, sixteen, and smaller than a kernel's reach. */
const SIZES = [
  [37, 29],
  [16, 20],
  [5, 3],
  [1, 6],
  [64, 2],
] as const;
const TOLERANCE = 3e-6;

const clip = (i: number, n: number) => Math.max(0, Math.min(n - 1, i));

/** A plane of the same size from a function of its pixels. */
const plane = (width: number, height: number, f: (x: number, y: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: width * height }, (_, i) => f(i % width, Math.floor(i / width)));

describe.each(SIZES)('planes of %i x %i', (width, height) => {
  const n = width * height;
  const data = noise(n, 1);
  const other = noise(n, 2);
  const at = (x: number, y: number, of = data) => of[clip(y, height) * width + clip(x, width)]!;

  it('blur: three boxes an axis', () => {
    const sigma = 2.3;
    let wanted = data.slice();
    for (const radius of boxRadii(sigma)) {
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
      ] as const) {
        const from = wanted;
        wanted = plane(width, height, (x, y) => {
          let sum = 0;
          for (let k = -radius; k <= radius; k++) sum += at(x + k * dx, y + k * dy, from);
          return sum / (2 * radius + 1);
        });
      }
    }
    const out = data.slice();
    blurInPlace(out, width, height, sigma);
    expect(largestDifference(out, wanted)).toBeLessThan(TOLERANCE);
  });

  it('reduce and expand: the binomial kernel', () => {
    const taps = [1, 4, 6, 4, 1];
    const small = reducePlane({ width, height, data });
    const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
    const wanted = plane(w, h, (x, y) => {
      let sum = 0;
      taps.forEach((a, i) => {
        taps.forEach((b, j) => {
          sum += a * b * at(2 * x + i - 2, 2 * y + j - 2);
        });
      });
      return sum / 256;
    });
    expect([small.width, small.height]).toEqual([w, h]);
    expect(largestDifference(small.data, wanted)).toBeLessThan(TOLERANCE);
    const axis = (i: number) => (i % 2 ? [0, 4, 4] : [1, 6, 1]);
    const large = plane(width, height, (x, y) => {
      let sum = 0;
      for (let j = 0; j < 3; j++) {
        for (let i = 0; i < 3; i++) {
          const value = wanted[clip((y >> 1) + j - 1, h) * w + clip((x >> 1) + i - 1, w)]!;
          sum += (axis(x)[i]! * axis(y)[j]! * value) / 64;
        }
      }
      return sum;
    });
    expect(largestDifference(expandPlane(small, width, height).data, large)).toBeLessThan(TOLERANCE);
  });

  it('enlarge and shrink', () => {
    const [w, h] = [2 * width + 3, 4 * height];
    const read = (x: number, y: number) => {
      const u = Math.max(0, Math.min(width - 1, ((x + 0.5) * width) / w - 0.5));
      const v = Math.max(0, Math.min(height - 1, ((y + 0.5) * height) / h - 0.5));
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const row = (k: number) => at(i, k) * (1 - (u - i)) + at(i + 1, k) * (u - i);
      return row(j) * (1 - (v - j)) + row(j + 1) * (v - j);
    };
    const large = resizePlane(data, width, height, w, h);
    expect(largestDifference(large, plane(w, h, read))).toBeLessThan(TOLERANCE);
    const sloped = resizePlane(data, width, height, w, h, { x: 0.5, y: -0.25, offset: 3 });
    expect(
      largestDifference(
        sloped,
        plane(w, h, (x, y) => read(x, y) + 0.5 * x - 0.25 * y + 3),
      ),
    ).toBeLessThan(1e-5);
    for (const factor of [2, 3, 4]) {
      const small = shrinkPlane(large, w, h, factor);
      const wanted = plane(small.width, small.height, (x, y) => {
        let sum = 0;
        for (let k = 0; k < factor ** 2; k++) {
          sum += large[(factor * y + Math.floor(k / factor)) * w + factor * x + (k % factor)]!;
        }
        return sum / factor ** 2;
      });
      expect(largestDifference(small.data, wanted)).toBeLessThan(TOLERANCE);
    }
  });

  it('sums, mixtures and ramps', () => {
    const share = noise(n, 3).map((v) => Math.max(0, Math.min(1, 1.4 * v - 0.2)));
    const mixed = data.slice();
    pointwise.mixPlanes(mixed, other, share);
    expect(
      largestDifference(
        mixed,
        data.map((v, i) => other[i]! + share[i]! * (v - other[i]!)),
      ),
    ).toBeLessThan(TOLERANCE);
    share.forEach((s, i) => {
      if (s === 1) expect(mixed[i]).toBe(data[i]);
    });
    const ramp = data.slice();
    pointwise.rampInPlace(ramp, 0.2, 0.7);
    expect(
      largestDifference(
        ramp,
        data.map((v) => Math.max(0, Math.min(1, (v - 0.2) / 0.5))),
      ),
    ).toBeLessThan(TOLERANCE);
    const raised = data.slice();
    pointwise.raiseTo(raised, other, 0.5);
    expect(
      largestDifference(
        raised,
        data.map((v, i) => Math.max(v, 0.5 * other[i]!)),
      ),
    ).toBe(0);
    expect(
      largestDifference(
        pointwise.multiplyAdd(data, other, share),
        data.map((v, i) => v * other[i]! + share[i]!),
      ),
    ).toBeLessThan(TOLERANCE);
    const faded = data.slice();
    const largest = pointwise.fadeInto(faded, other, share);
    expect(
      largestDifference(
        faded,
        data.map((v, i) => other[i]! + (1 - share[i]!) * v),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(largest).toBe(Math.max(...faded.map(Math.abs)));
    const divided = data.slice();
    pointwise.divideBy(divided, other, 0.5);
    expect(
      largestDifference(
        divided,
        data.map((v, i) => (other[i]! > 0.5 ? v / other[i]! : 0)),
      ),
    ).toBeLessThan(TOLERANCE);
  });

  it('opacities of a face', () => {
    const mask = noise(n, 4).map((v) => Math.max(0, v - 0.5));
    const cover = { mask, cover: other, lost: noise(n, 5) };
    const region = noise(n, 6);
    const opacity = pointwise.faceOpacity(cover, region, data);
    const seen = pointwise.seenShare(cover);
    for (let i = 0; i < n; i++) {
      const lies = mask[i]! > 0 ? 1 : 0;
      const free = (1 - other[i]!) * (1 - cover.lost[i]!);
      expect(opacity[i]).toBeCloseTo(lies * region[i]! * free * data[i]!, 6);
      expect(seen[i]).toBeCloseTo(lies * (1 - Math.max(other[i]!, cover.lost[i]!)), 6);
    }
  });

  it('bands: mixed, and their energy under a mask', () => {
    const mask = noise(n, 7);
    const band = data.slice();
    mixBand(band, other, mask, 0.8);
    const wanted = data.map((v, i) => other[i]! + mask[i]! * (0.8 * v - other[i]!));
    expect(largestDifference(band, wanted)).toBeLessThan(TOLERANCE);
    const energy = data.reduce((sum, v, i) => sum + (mask[i]! > 0.4 ? v * v : 0), 0);
    expect(bandEnergy(data, mask, 0.4)).toBeCloseTo(energy, 4);
  });

  it('light through tables', () => {
    expect(largestDifference(logLightPlane(data), data.map(logLight))).toBeLessThan(1e-5);
    const light = noise(3 * n, 8).map((v) => -6 * v);
    const change = noise(3 * n, 9);
    const out = changedLight(light, change, 0.7, other);
    for (let o = 0; o < 3 * n; o++) {
      const wanted = other[o % n]! > 0 ? fromLogLight(light[o]! + 0.7 * change[o]!) : 0;
      expect(out[o]).toBeCloseTo(wanted, 5);
    }
    const sum = weighPlanes(light, n, [0.3, 0.5, 0.2]);
    const of = (i: number) => 0.3 * light[i]! + 0.5 * light[n + i]! + 0.2 * light[2 * n + i]!;
    expect(
      largestDifference(
        sum,
        Float32Array.from({ length: n }, (_, i) => of(i)),
      ),
    ).toBeLessThan(TOLERANCE);
  });

  it('filling keeps what is known and stays within its range', () => {
    const known = noise(n, 10).map((v) => (v > 0.4 ? 1 : 0));
    const out = fillUnknown(data, known, width, height, 1);
    const sure = data.filter((_, i) => known[i] === 1);
    for (let i = 0; i < n; i++) {
      if (known[i] === 1) expect(out[i]).toBeCloseTo(data[i]!, 6);
      else if (sure.length > 0) {
        expect(out[i]).toBeGreaterThanOrEqual(Math.min(...sure) - 1e-6);
        expect(out[i]).toBeLessThanOrEqual(Math.max(...sure) + 1e-6);
      }
    }
  });
});

describe('sampling', () => {
  const [sw, sh] = [23, 17];
  const source = noise(3 * sw * sh, 11);
  const u = noise(200, 12).map((v) => 27 * v - 2);
  const v = noise(200, 13).map((w) => 21 * w - 2);
  const at = (k: number, x: number, y: number) => source[k * sw * sh + clip(y, sh) * sw + clip(x, sw)]!;

  it('bilinear, of a part of the places', () => {
    const out = sampleBilinear(source, sw, sh, 3, { u, v, width: 15, height: 10, stride: 20, scale: 0.9 });
    for (let k = 0, o = 0; k < 3; k++) {
      for (let i = 0; i < 150; i++, o++) {
        const place = Math.floor(i / 15) * 20 + (i % 15);
        const x = Math.max(0, Math.min(sw - 1, 0.9 * u[place]! - 0.5));
        const y = Math.max(0, Math.min(sh - 1, 0.9 * v[place]! - 0.5));
        const [p, q] = [Math.floor(x), Math.floor(y)];
        const row = (j: number) => at(k, p, j) * (1 - (x - p)) + at(k, p + 1, j) * (x - p);
        expect(out[o]).toBeCloseTo(row(q) * (1 - (y - q)) + row(q + 1) * (y - q), 4);
      }
    }
  });

  it('Catmull-Rom, at the edges too', () => {
    const weights = (f: number) => [
      -0.5 * f ** 3 + f ** 2 - 0.5 * f,
      1.5 * f ** 3 - 2.5 * f ** 2 + 1,
      -1.5 * f ** 3 + 2 * f ** 2 + 0.5 * f,
      0.5 * f ** 3 - 0.5 * f ** 2,
    ];
    const out = sampleCubic({ width: sw, height: sh, data: source }, u, v, new Float32Array(200).fill(1));
    for (let i = 0; i < 200; i++) {
      const x = Math.max(0, Math.min(sw - 1, u[i]! - 0.5));
      const y = Math.max(0, Math.min(sh - 1, v[i]! - 0.5));
      const [p, q] = [Math.min(Math.floor(x), sw - 2), Math.min(Math.floor(y), sh - 2)];
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        weights(y - q).forEach((b, j) => {
          weights(x - p).forEach((a, c) => {
            sum += a * b * at(k, p + c - 1, q + j - 1);
          });
        });
        expect(out[k * 200 + i]).toBeCloseTo(sum, 4);
      }
    }
  });
});

describe('fields and detail', () => {
  it('densities of colours are those of each alone', () => {
    const colors = noise(300, 14).map((v, i) => (i % 3 === 0 ? 100 * v : 60 * v - 30));
    const component = (l: number) => ({
      mean: [l, 5, 12] as const,
      precision: [0.02, 0.001, -0.002, 0.05, 0.004, 0.06] as const,
      factor: 0.01,
    });
    const model = [component(30), component(65)];
    const out = colorDensities(model, colors, 100);
    out.forEach((density, i) => {
      const wanted = colorDensity(model, colors[3 * i]!, colors[3 * i + 1]!, colors[3 * i + 2]!);
      expect(Math.abs(density - wanted)).toBeLessThan(1e-5 * wanted + 1e-12);
    });
    expect(colorDensities([], colors, 100)).toEqual(new Float32Array(100));
  });

  it('moves are weighted by their distance', () => {
    const points = Float32Array.of(3, 4, 1, 0, 11, 9, -2, 1, 6, 14, 0, 3);
    const [dx, dy, nearest] = [newPlane(256), newPlane(256), newPlane(256)];
    withKernels({ read: [points], write: [dx, dy, nearest] }, (kernels, [from, x, y, d2]) =>
      kernels.weighMoves(from!, 3, 16, 0.9, 0.5, x!, y!, d2!),
    );
    for (let i = 0; i < 256; i++) {
      const [x, y] = [((i % 16) + 0.5) * 0.9, (Math.floor(i / 16) + 0.5) * 0.9];
      const seen = [0, 4, 8].map((p) => {
        const d2 = (x - points[p]!) ** 2 + (y - points[p + 1]!) ** 2;
        return { d2, w: 1 / (d2 ** 2 + 0.5), dx: points[p + 2]!, dy: points[p + 3]! };
      });
      const total = seen.reduce((sum, { w }) => sum + w, 0);
      expect(dx[i]).toBeCloseTo(seen.reduce((sum, s) => sum + s.w * s.dx, 0) / total, 5);
      expect(dy[i]).toBeCloseTo(seen.reduce((sum, s) => sum + s.w * s.dy, 0) / total, 5);
      expect(nearest[i]).toBeCloseTo(Math.min(...seen.map(({ d2 }) => d2)), 3);
    }
  });

  it('the change of light keeps to its rule', () => {
    const n = 64;
    const own = noise(n, 15).map((v) => 2 * v - 2);
    const mask = plane(8, 8, (x) => (x === 3 ? 0 : 1));
    const [wanted, present, ratio] = [noise(4, 16), noise(4, 17).map((v) => v - 2), noise(4, 18)];
    const change = new Float32Array(n).fill(9);
    const lent = { read: [own, mask, wanted, present, ratio], change: [change], room: 3 * rowsRoom(8, 8) };
    withKernels(lent, (kernels, [o, m, w, p, r, to], room) =>
      kernels.lightChange(o!, m!, w!, p!, r!, 2, 2, 8, 8, 0.9, 0.02, 0.4, 0.12, to!, room),
    );
    const enlarge = (small: Float32Array) => resizePlane(small, 2, 2, 8, 8);
    const [light, has, share] = [enlarge(wanted), enlarge(present), enlarge(ratio)];
    for (let i = 0; i < n; i++) {
      let detail = 0.9 * (own[i]! - has[i]!);
      if (detail > 0.02) detail = Math.log(1 + (Math.exp(detail) - 1) * share[i]!);
      if (detail > 0.4) detail = 0.4 + 0.12 * Math.tanh((detail - 0.4) / 0.12);
      expect(change[i]).toBeCloseTo(mask[i] === 0 ? 9 : light[i]! + detail - own[i]!, 5);
    }
  });
});

describe('lending memory', () => {
  it('gives the same bits in an arena, beside it, and when it is full', () => {
    const data = noise(40 * 30, 19);
    const work = () => {
      const out = newPlane(data.length);
      out.set(data);
      blurInPlace(out, 40, 30, 3);
      return Float32Array.from(shrinkPlane(resizePlane(out, 40, 30, 80, 60), 80, 60, 4).data);
    };
    const plain = work();
    expect(new PlaneArena(2 ** 20).within(work)).toEqual(plain);
    const tight = new PlaneArena(65536 + 8000);
    expect(tight.within(work)).toEqual(plain);
  });

  it('changes planes elsewhere, leaves those that are read, and gives its room back', () => {
    const memory = new KernelMemory(2 ** 17);
    const before = memory.mark();
    const at = memory.take(64)!;
    const inside = new Float32Array(memory.buffer, at, 64).fill(2);
    const outside = new Float32Array(64).fill(3);
    const mark = memory.mark();
    pointwise.raiseTo(inside, outside);
    expect([...inside]).toEqual(new Array(64).fill(3));
    pointwise.raiseTo(outside, inside, 2);
    expect([...outside]).toEqual(new Array(64).fill(6));
    expect([...inside]).toEqual(new Array(64).fill(3));
    expect(memory.mark()).toBe(mark);
    memory.release(before);
    expect(memory.take(2 ** 20)).toBeUndefined();
  });
});
