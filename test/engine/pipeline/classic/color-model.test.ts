import { describe, expect, it } from 'vitest';
import { cellDensities, colorCells } from '#engine/pipeline/classic/parse/color-cells.ts';
import {
  collectSamples,
  colorDensity,
  fitColorModel,
  withShadeAndShine,
} from '#engine/pipeline/classic/parse/color-model.ts';
import { randomSource } from '../../image/noise.ts';

/** `n` Lab pixels round each of the centres. */
function pixels(centres: readonly (readonly [number, number, number])[], n: number): Float32Array {
  const random = randomSource(3);
  const spread = () => 4 * (random() + random() + random() - 1.5);
  return Float32Array.from(centres.flatMap((c) => Array.from({ length: n }, () => c.map((v) => v + spread())).flat()));
}

const skin = [65, 15, 18] as const;
const hair = [20, 4, 6] as const;

describe('colour models', () => {
  it('tell the colours that they were fitted to from others', () => {
    const model = fitColorModel(
      collectSamples(pixels([skin, [75, 10, 15]], 800), () => 1),
      4,
    );
    expect(colorDensity(model, ...skin)).toBeGreaterThan(1000 * colorDensity(model, ...hair));
  });

  it('integrate to the constant that is left out', () => {
    const model = fitColorModel(
      collectSamples(pixels([skin], 2000), () => 1),
      3,
    );
    let sum = 0;
    for (let l = 30; l < 100; l += 2)
      for (let a = -10; a < 40; a += 2) for (let b = -10; b < 45; b += 2) sum += 8 * colorDensity(model, l, a, b);
    expect(sum / (2 * Math.PI) ** 1.5).toBeGreaterThan(0.97);
    expect(sum / (2 * Math.PI) ** 1.5).toBeLessThan(1.03);
  });

  it('are the same twice, and empty without samples', () => {
    const samples = collectSamples(pixels([skin, hair], 500), () => 1);
    expect(fitColorModel(samples, 4)).toEqual(fitColorModel(samples, 4));
    expect(fitColorModel({ colors: new Float32Array(0), weights: new Float32Array(0), count: 0 }, 3)).toEqual([]);
  });

  it('hardly move with noise', () => {
    const lab = pixels([skin, [75, 10, 15], [50, 18, 20]], 700);
    const random = randomSource(11);
    const noisy = lab.map((v) => v + 1.5 * (random() - 0.5));
    const [still, moved] = [lab, noisy].map((colors) =>
      fitColorModel(
        collectSamples(colors, () => 1),
        4,
      ),
    );
    still!.forEach(({ mean }, k) => {
      const to = moved![k]!.mean;
      expect(Math.hypot(mean[0] - to[0], mean[1] - to[1], mean[2] - to[2])).toBeLessThan(1.5);
    });
  });

  it('weigh samples', () => {
    const lab = pixels([skin, hair], 500);
    const model = fitColorModel(
      collectSamples(lab, (i) => (i < 500 ? 1 : 1e-9)),
      2,
    );
    expect(colorDensity(model, ...skin)).toBeGreaterThan(100 * colorDensity(model, ...hair));
  });

  it('know their own shade and shine', () => {
    const plain = fitColorModel(
      collectSamples(pixels([[35, 12, 16]], 800), () => 1),
      2,
    );
    const wide = withShadeAndShine(plain);
    const shadeAndShine: readonly (readonly [number, number, number])[] = [
      [60, 7, 10],
      [25, 11, 14],
    ];
    for (const color of shadeAndShine) {
      expect(colorDensity(wide, ...color)).toBeGreaterThan(20 * colorDensity(plain, ...color));
    }
  });

  it('evaluate pixels to the accuracy of their cells', () => {
    const lab = pixels([skin, hair], 300);
    const model = fitColorModel(
      collectSamples(lab, () => 1),
      3,
    );
    const cells = colorCells(lab);
    const densities = cellDensities(model, cells);
    const exact = Float32Array.from(cells.slots, (_, i) =>
      colorDensity(model, lab[3 * i]!, lab[3 * i + 1]!, lab[3 * i + 2]!),
    );
    const peak = exact.reduce((a, b) => Math.max(a, b), 0);
    exact.forEach((density, i) => {
      expect(Math.abs(densities[cells.slots[i]!]! - density)).toBeLessThan(0.25 * peak);
    });
  });

  it('list each rounded colour once, call after call', () => {
    const lab = pixels([skin, hair], 300);
    const { slots, colors, count } = colorCells(lab);
    for (let i = 0; i < slots.length; i++) {
      for (let d = 0; d < 3; d++) expect(Math.abs(colors[3 * slots[i]! + d]! - lab[3 * i + d]!)).toBeLessThan(0.751);
    }
    const listed = new Set(Array.from({ length: count }, (_, k) => colors.subarray(3 * k, 3 * k + 3).join()));
    expect(listed.size).toBe(count);
    expect(colorCells(lab)).toEqual({ slots, colors, count });
  });
});
