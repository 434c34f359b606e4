import { describe, expect, it } from 'vitest';
import type { RgbImage } from '#engine/image/picture.ts';
import { sampleBilinear, sampleCubic, warpAffine } from '#engine/image/warp.ts';
import { largestDifference, noise } from './noise.ts';

const image = (width: number, height: number, f: (x: number, y: number, k: number) => number): RgbImage => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const k = Math.floor(i / (width * height));
    const j = i % (width * height);
    return f((j % width) + 0.5, Math.floor(j / width) + 0.5, k);
  }),
});

const positions = (width: number, height: number, dx: number, dy: number): [Float32Array, Float32Array] => [
  Float32Array.from({ length: width * height }, (_, i) => (i % width) + 0.5 + dx),
  Float32Array.from({ length: width * height }, (_, i) => Math.floor(i / width) + 0.5 + dy),
];

describe('warpAffine', () => {
  it('copies exactly under the identity and under whole shifts', () => {
    const source = { width: 9, height: 7, data: noise(3 * 63) };
    expect(largestDifference(warpAffine(source, [1, 0, 0, 0, 1, 0], 9, 7).data, source.data)).toBe(0);
    const shifted = warpAffine(source, [1, 0, 2, 0, 1, 1], 5, 5);
    expect(shifted.data[0]).toBe(source.data[1 * 9 + 2]);
    expect(shifted.data[25 + 6]).toBe(source.data[63 + 2 * 9 + 3]);
  });

  it('keeps a plane of colours through turn and scale', () => {
    const slope = image(64, 64, (x, y, k) => 0.1 * k + 0.005 * x + 0.002 * y);
    const out = warpAffine(slope, [0.8, -0.6, 30, 0.6, 0.8, 5], 20, 20);
    for (const [x, y] of [
      [3, 4],
      [10, 17],
    ] as const) {
      const u = 0.8 * (x + 0.5) - 0.6 * (y + 0.5) + 30;
      const v = 0.6 * (x + 0.5) + 0.8 * (y + 0.5) + 5;
      expect(out.data[400 + y * 20 + x]).toBeCloseTo(0.1 + 0.005 * u + 0.002 * v, 5);
    }
  });

  it('averages when it reduces: a checkerboard becomes grey', () => {
    const board = image(64, 64, (x, y) => (Math.floor(x) + Math.floor(y)) % 2);
    const out = warpAffine(board, [4, 0, 0, 0, 4, 0], 16, 16);
    expect(largestDifference(out.data, new Float32Array(out.data.length).fill(0.5))).toBeLessThan(1e-6);
  });

  it('is black outside and says so', () => {
    const outside = new Float32Array(16);
    const out = warpAffine(
      image(4, 4, () => 1),
      [1, 0, 2, 0, 1, 0],
      4,
      4,
      outside,
    );
    expect([...out.data.subarray(0, 4)]).toEqual([1, 1, 0, 0]);
    expect([...outside.subarray(0, 4)]).toEqual([0, 0, 1, 1]);
  });
});

describe('sampling', () => {
  it('bilinear: exact at pixel centres, linear between', () => {
    const data = noise(2 * 30);
    const [u, v] = positions(6, 5, 0, 0);
    const whole = { u, v, width: 6, height: 5, stride: 6, scale: 1 };
    expect(largestDifference(sampleBilinear(data, 6, 5, 2, whole), data)).toBe(0);
    const point = { u: Float32Array.of(1), v: Float32Array.of(0.75), width: 1, height: 1, stride: 1, scale: 2 };
    const half = sampleBilinear(data, 6, 5, 1, point);
    expect(half[0]).toBeCloseTo((data[6 + 1]! + data[6 + 2]!) / 2, 6);
  });

  it('cubic: exact at pixel centres and for cubic curves between them', () => {
    const source = image(12, 12, (x, y) => 0.01 * x * x + 0.02 * y);
    const [u, v] = positions(12, 12, 0, 0);
    expect(largestDifference(sampleCubic(source, u, v, new Float32Array(144).fill(1)), source.data)).toBeLessThan(1e-6);
    const out = sampleCubic(source, Float32Array.of(5.8), Float32Array.of(6.3), Float32Array.of(1));
    expect(out[0]).toBeCloseTo(0.01 * 5.8 ** 2 + 0.02 * 6.3, 5);
  });

  it('cubic: leaves masked pixels alone', () => {
    const source = image(4, 4, () => 1);
    const out = sampleCubic(source, Float32Array.of(2, 2), Float32Array.of(2, 2), Float32Array.of(0, 1));
    expect([...out]).toEqual([0, 1, 0, 1, 0, 1]);
  });
});
