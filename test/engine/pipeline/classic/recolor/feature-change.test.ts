/** Brows and lips of a dark face on a light one. */
import { describe, expect, it } from 'vitest';
import { logLight } from '#engine/image/color.ts';
import { changeFeature, type LitWindow } from '#engine/pipeline/classic/recolor/feature-change.ts';
import { type FeatureGain, luminanceOf, type Rgb } from '#engine/pipeline/classic/recolor/feature-gains.ts';
import { weightsBeside } from '#engine/pipeline/classic/recolor/own-tint.ts';

const side = 64;
const n = side * side;
const logOf = (colour: readonly number[]) => colour.map((v) => logLight(v)) as unknown as Rgb;
const DARK_SKIN = logOf([0.36, 0.24, 0.18]);
const LIGHT_SKIN = logOf([0.86, 0.66, 0.56]);
const LIGHT_CHANGE = LIGHT_SKIN.map((v, k) => v - DARK_SKIN[k]!) as unknown as Rgb;
const BRIGHTER = luminanceOf(LIGHT_CHANGE);

const planes = (colour: Rgb) => colour.map((v) => new Float32Array(n).fill(v));
const mask: FeatureGain['mask'] = {
  box: { x: 0, y: 0, width: side, height: side },
  data: new Float32Array(n).fill(1),
};
const inMiddle = (i: number) => Math.abs(Math.floor(i / side) - side / 2) < side / 4;

/** Log light of a window with a feature in the middle of skin, after its change. */
function changed(feature: Omit<FeatureGain, 'mask' | 'brighter'>, colour: (i: number) => Rgb, wanted: Rgb) {
  const log = Float32Array.from({ length: 3 * n }, (_, j) => colour(j % n)[Math.floor(j / n)]!);
  const [from, to] = [planes(DARK_SKIN), planes(wanted)];
  const window: LitWindow = {
    width: side,
    coverage: new Float32Array(n).fill(1),
    log,
    wanted: to,
    present: from,
    weights: weightsBeside(from, to),
    hidden: new Float32Array(n),
    scale: 0.5,
  };
  const change = Float32Array.from(
    { length: 3 * n },
    (_, j) => wanted[Math.floor(j / n)]! - DARK_SKIN[Math.floor(j / n)]!,
  );
  changeFeature(change, { ...feature, mask, brighter: 0 }, window);
  const at = (i: number): Rgb => [0, 1, 2].map((k) => log[k * n + i]! + change[k * n + i]!) as unknown as Rgb;
  return { at, log };
}

describe('black brows on skin that becomes light', () => {
  const HAIR = logOf([0.1, 0.1, 0.1]);
  const middle = (side / 2) * side + side / 2;
  const brow = (lag: number) =>
    changed(
      { parts: ['rightBrow', 'leftBrow'], shading: 'hair', lag, gain: LIGHT_CHANGE },
      (i) => (inMiddle(i) ? HAIR : DARK_SKIN),
      LIGHT_SKIN,
    ).at(middle);

  it('stay behind the skin by their lag', () => {
    const lag = 0.5 * BRIGHTER;
    expect(luminanceOf(brow(lag)) - luminanceOf(HAIR)).toBeCloseTo(BRIGHTER - lag, 2);
    expect(luminanceOf(brow(-9)) - luminanceOf(HAIR)).toBeCloseTo(BRIGHTER, 1);
  });

  it('are warm, between their own tint and the skin’s', () => {
    const [red, , blue] = brow(0.5 * BRIGHTER);
    expect(blue - red).toBeLessThan(-0.5);
    expect(blue - red).toBeGreaterThan(LIGHT_SKIN[2] - LIGHT_SKIN[0]);
  });

  it('keep their tint on skin that stays', () => {
    const gain: Rgb = [0, 0, 0];
    const colour = (i: number) => (inMiddle(i) ? HAIR : DARK_SKIN);
    const same = changed({ parts: ['rightBrow', 'leftBrow'], shading: 'hair', lag: 0, gain }, colour, DARK_SKIN);
    for (const k of [0, 1, 2] as const) expect(same.at(middle)[k]).toBeCloseTo(HAIR[k], 4);
  });
});

describe('lips with shine', () => {
  const LIP = logOf([0.34, 0.2, 0.2]);
  const SHINE = logOf([0.62, 0.6, 0.66]);
  const shines = (i: number) => i % 8 === 0;
  const lips = (shading: 'along' | 'shiny', gain: Rgb, wanted = LIGHT_SKIN) =>
    changed({ parts: ['outerLips'], shading, lag: 0, gain }, (i) => (shines(i) ? SHINE : LIP), wanted);
  const light = ({ at }: ReturnType<typeof lips>, i: number) => luminanceOf(at(i));
  const spread = (of: ReturnType<typeof lips>) => light(of, 8) - light(of, 9);

  it('that become much brighter glare less than their shine multiplied would', () => {
    expect(spread(lips('along', LIGHT_CHANGE))).toBeCloseTo(luminanceOf(SHINE) - luminanceOf(LIP), 3);
    const held = spread(lips('shiny', LIGHT_CHANGE));
    expect(held).toBeLessThan(0.75 * (luminanceOf(SHINE) - luminanceOf(LIP)));
    expect(held).toBeGreaterThan(0.3);
  });

  it('keep their mean light and lose the shine’s blue', () => {
    const [along, shiny] = [lips('along', LIGHT_CHANGE), lips('shiny', LIGHT_CHANGE)];
    const mean = (of: typeof along) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += light(of, i) / n;
      return sum;
    };
    expect(mean(shiny)).toBeCloseTo(mean(along), 3);
    const blueness = ([r, , b]: Rgb) => b - r;
    expect(blueness(shiny.at(8))).toBeLessThan(blueness(along.at(8)) - 0.3);
  });

  it('that do not become brighter stay as they are', () => {
    const same = lips('shiny', [0, 0, 0], DARK_SKIN);
    for (const i of [8, 9]) {
      for (const k of [0, 1, 2] as const) expect(same.at(i)[k]).toBeCloseTo(same.log[k * n + i]!, 4);
    }
  });
});
