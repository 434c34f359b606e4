/** A face half in shade beside a target in even light, and what its brows become. */
import { describe, expect, it } from 'vitest';
import { logLight, logLightPlane } from '#engine/image/color.ts';
import { type FeatureGain, HAIR_TINT, type Rgb } from '#engine/pipeline/classic/recolor/feature-gains.ts';
import { lightChange } from '#engine/pipeline/classic/recolor/light-change.ts';
import { noise } from '../../../image/noise.ts';

const width = 96;
const height = 48;
const n = width * height;
const reduced = { width: width / 4, height: height / 4 };
const SKIN: Rgb = [0.8, 0.6, 0.5];
const BROW = { top: 16, bottom: 32, mask: 8 } as const;
/** Log light that the shade takes. */
const SHADE = 1.6;
/** Log light that the brow has less than the skin: grey hair on reddish skin. */
const DARK: Rgb = [1, 0.85, 0.7];
const shaded = (x: number) => x >= width / 2;

const plane = (value: (x: number, y: number) => number, w = width, h = height) =>
  Float32Array.from({ length: w * h }, (_, i) => value(i % w, Math.floor(i / w)));

/** How dark the brow is at a row, 0..1: its edges are soft. */
const hair = (y: number) => Math.min(1, Math.max(0, Math.min(y - BROW.top, BROW.bottom - y) / 4));
const grain = noise(n, 7);

const skinLog = SKIN.map((v) => logLight(v));
/** Log light of the face: skin, brow, shade and the grain of hairs. */
const log = new Float32Array(3 * n);
for (let k = 0; k < 3; k++) {
  const values = plane((x, y) => skinLog[k]! - (shaded(x) ? SHADE : 0) - DARK[k]! * hair(y));
  log.set(
    values.map((v, i) => v + 0.3 * (grain[i]! - 0.5)),
    k * n,
  );
}

const flat = (value: number) => new Float32Array(reduced.width * reduced.height).fill(value);
const ours = {
  ...reduced,
  fine: [0, 1, 2].map((k) => plane((x) => skinLog[k]! - (shaded(4 * x) ? SHADE : 0), reduced.width, reduced.height)),
};
/** Even light, a little less than the lit half has. */
const wanted = skinLog.map((v) => flat(v - 0.2));

const mask: FeatureGain['mask'] = {
  box: { x: 0, y: BROW.mask, width, height: height - 2 * BROW.mask },
  data: new Float32Array(width * (height - 2 * BROW.mask)).fill(1),
};
/** Only the lit half shows its brow to be measured. */
const hidden = plane((x) => (shaded(x) ? 1 : 0));

/** Lag of a feature whose change may depart from the skin's as far as its gain says. */
const FREE = -9;

/** Log light of the recoloured face when the brow's gain departs from the lit skin's by `departure`. */
function recolored(departure: number): Float32Array {
  const gain = [0, 1, 2].map(() => -0.2 + departure) as unknown as Rgb;
  const brow: FeatureGain = { parts: ['rightBrow', 'leftBrow'], brighter: 0, lag: FREE, shading: 'hair', mask, gain };
  const texture = {
    image: { width, height, data: new Float32Array(3 * n) },
    coverage: new Float32Array(n).fill(1),
  };
  const rule = { contrast: 1, restraint: 0 };
  const change = lightChange(texture, log, wanted, ours, rule, [brow], hidden, 0.5);
  return change.map((v, i) => v + log[i]!);
}

/** Mean log light of some columns of a row. */
function rowMean(values: Float32Array, k: number, y: number, from: number, to: number): number {
  let sum = 0;
  for (let x = from; x < to; x++) sum += values[k * n + y * width + x]!;
  return sum / (to - from);
}

describe.each([-0.8, -0.3, 0, 0.3, 0.8])('brows whose change departs from the skin’s by %s', (departure) => {
  const result = recolored(departure);

  it('come out alike from light and shade', () => {
    for (let y = BROW.mask; y < height - BROW.mask; y++) {
      const lit = rowMean(result, 1, y, 4, width / 2 - 6);
      expect(Math.abs(rowMean(result, 1, y, width / 2 + 6, width - 4) - lit)).toBeLessThan(0.12);
    }
  });

  it('lie between their darkest and the skin, in every pixel', () => {
    let brightest = -9;
    let darkest = 9;
    for (let k = 0; k < 3; k++) {
      for (let i = 0; i < n; i++) {
        // Beside the shade's edge the enlarged light does not follow it.
        if (Math.abs((i % width) - width / 2) < 6) continue;
        const v = result[k * n + i]! - wanted[k]![0]!;
        brightest = Math.max(brightest, v);
        darkest = Math.min(darkest, v);
      }
    }
    expect(brightest).toBeLessThan(0.35);
    expect(darkest).toBeGreaterThan(-DARK[0] + Math.min(0, departure) - 0.3);
  });

  it('stay grey: no channel changes without the others', () => {
    let apart = 0;
    for (let i = 0; i < n; i++) {
      const red = result[i]! - wanted[0]![0]!;
      for (let k = 1; k < 3; k++) apart = Math.max(apart, Math.abs(result[k * n + i]! - wanted[k]![0]! - red));
    }
    expect(apart).toBeLessThan(DARK[0] - DARK[2] + 0.02);
  });

  it('grow darker from the skin inwards, never turned round nor much steeper than they were', () => {
    for (let y = BROW.top; y < (BROW.top + BROW.bottom) / 2 - 1; y++) {
      const step = rowMean(result, 0, y + 1, 4, width / 2 - 6) - rowMean(result, 0, y, 4, width / 2 - 6);
      expect(step).toBeLessThan(0.08);
      expect(step).toBeGreaterThan((-2.2 * DARK[0]) / 4 - 0.08);
    }
  });
});

describe('a change of the skin’s tint', () => {
  /** The lit skin turns from reddish to bluish, the light staying; the brow's own gain says the same. */
  const tint: Rgb = [-0.5, 0.2, 0.29];
  const turned = skinLog.map((v, k) => flat(v + tint[k]!));
  const gain = tint.map((v) => HAIR_TINT * v) as unknown as Rgb;
  const brow: FeatureGain = { parts: ['rightBrow', 'leftBrow'], brighter: 0, lag: FREE, shading: 'hair', mask, gain };
  const image = { width, height, data: new Float32Array(3 * n) };
  const texture = { image, coverage: new Float32Array(n).fill(1) };
  const change = lightChange(texture, log, turned, ours, { contrast: 1, restraint: 0 }, [brow], hidden, 0.5);
  const tintAt = (y: number) => {
    const [r, g, b] = [0, 1, 2].map((k) => rowMean(change, k, y, 4, width / 2 - 6)) as unknown as Rgb;
    return r - (0.3 * r + 0.59 * g + 0.11 * b);
  };

  it('is the skin’s whole, and hair takes part of it', () => {
    const ofSkin = tintAt(2);
    expect(ofSkin).toBeCloseTo(tint[0] - (0.3 * tint[0] + 0.59 * tint[1] + 0.11 * tint[2]), 1);
    expect(tintAt((BROW.top + BROW.bottom) / 2) / ofSkin).toBeCloseTo(HAIR_TINT, 1);
  });
});

describe('features that are not told by their darkness', () => {
  it('get one gain', () => {
    const gain: Rgb = [0.1, 0.2, 0.3];
    const lips: FeatureGain = { parts: ['outerLips'], brighter: 0, lag: 0, shading: 'one', mask, gain };
    const image = { width, height, data: new Float32Array(3 * n).fill(0.5) };
    const change = lightChange(
      { image, coverage: new Float32Array(n).fill(1) },
      logLightPlane(image.data),
      wanted,
      ours,
      { contrast: 1, restraint: 0 },
      [lips],
      hidden,
      0.5,
    );
    const middle = (height / 2) * width + 10;
    for (let k = 0; k < 3; k++) expect(change[k * n + middle]).toBeCloseTo(gain[k]!, 5);
  });

  it('come out alike from light and shade where they follow the skin', () => {
    const seen = -0.35;
    const gain: Rgb = [seen, seen, seen];
    const lips: FeatureGain = { parts: ['outerLips'], brighter: 0, lag: 0, shading: 'along', mask, gain };
    // Even lips under the light that lies on the skin.
    const lit = new Float32Array(3 * n);
    for (let k = 0; k < 3; k++) for (let i = 0; i < n; i++) lit[k * n + i] = -1 - (shaded(i % width) ? SHADE : 0);
    const texture = { image: { width, height, data: lit }, coverage: new Float32Array(n).fill(1) };
    const change = lightChange(texture, lit, wanted, ours, { contrast: 1, restraint: 0 }, [lips], hidden, 0.5);
    const row = height / 2;
    for (let k = 0; k < 3; k++) {
      const result = change.map((v, i) => v + lit[i]!);
      const bright = rowMean(result, k, row, 4, width / 2 - 6);
      expect(rowMean(result, k, row, width / 2 + 6, width - 4)).toBeCloseTo(bright, 1);
      // As measured where the lips are visible.
      expect(bright).toBeCloseTo(-1 + seen, 1);
    }
  });
});
