/** Black stubble on dark skin that becomes light. */
import { describe, expect, it } from 'vitest';
import { logLight } from '#engine/image/color.ts';
import { luminanceOf, type Rgb } from '#engine/pipeline/classic/recolor/feature-gains.ts';
import { lightChange } from '#engine/pipeline/classic/recolor/light-change.ts';
import { weightBeside } from '#engine/pipeline/classic/recolor/own-tint.ts';

const side = 48;
const n = side * side;
const logOf = (colour: readonly number[]) => colour.map((v) => logLight(v)) as unknown as Rgb;
const DARK_SKIN = logOf([0.36, 0.24, 0.18]);
const LIGHT_SKIN = logOf([0.86, 0.66, 0.56]);
/** Neutral, and darker than the dark skin. */
const STUBBLE = logOf([0.14, 0.14, 0.14]);
const isStubble = (i: number) => i % 4 === 0 && Math.floor(i / side) % 4 === 0;

const planes = (colour: Rgb) => colour.map((v) => new Float32Array((side / 4) ** 2).fill(v));

/** What stubble on `skin` becomes where that skin becomes `wanted`. */
function stubbleOn(skin: Rgb, wanted: Rgb): Rgb {
  const log = Float32Array.from({ length: 3 * n }, (_, j) => (isStubble(j % n) ? STUBBLE : skin)[Math.floor(j / n)]!);
  const texture = {
    image: { width: side, height: side, data: new Float32Array(3 * n) },
    coverage: new Float32Array(n).fill(1),
  };
  const light = { width: side / 4, height: side / 4, fine: planes(skin) };
  const none = new Float32Array(n);
  const change = lightChange(texture, log, planes(wanted), light, { contrast: 1, restraint: 0 }, [], none, 0.5);
  const place = 24 * side + 24;
  return [0, 1, 2].map((k) => change[k * n + place]! + log[k * n + place]!) as unknown as Rgb;
}

/** Log light of blue beyond red's. */
const blueness = (log: Rgb) => log[2] - log[0];

describe('stubble', () => {
  it('does not turn blue when dark skin becomes light', () => {
    const brighter = luminanceOf(LIGHT_SKIN) - luminanceOf(DARK_SKIN);
    const result = stubbleOn(DARK_SKIN, LIGHT_SKIN);
    const own = blueness(STUBBLE) - blueness(DARK_SKIN);
    expect(own).toBeGreaterThan(1);
    // What is left of its own tint on the light skin is its weight there.
    expect(blueness(result) - blueness(LIGHT_SKIN)).toBeCloseTo(weightBeside(brighter) * own, 3);
    expect(blueness(result)).toBeLessThan(-0.4);
  });

  it('keeps its contrast', () => {
    const result = stubbleOn(DARK_SKIN, LIGHT_SKIN);
    const contrast = luminanceOf(STUBBLE) - luminanceOf(DARK_SKIN);
    expect(luminanceOf(result) - luminanceOf(LIGHT_SKIN)).toBeCloseTo(contrast, 3);
  });

  it('keeps its tint on skin that stays or becomes darker', () => {
    expect(blueness(stubbleOn(DARK_SKIN, DARK_SKIN))).toBeCloseTo(blueness(STUBBLE), 4);
    const tint = blueness(STUBBLE) - blueness(LIGHT_SKIN);
    expect(blueness(stubbleOn(LIGHT_SKIN, DARK_SKIN)) - blueness(DARK_SKIN)).toBeCloseTo(tint, 4);
  });
});

describe('the weight of light beside a surface’s own', () => {
  it('is its share of the brighter light, and never grows', () => {
    expect(weightBeside(Math.log(4))).toBeCloseTo(0.25, 6);
    expect(weightBeside(0)).toBe(1);
    expect(weightBeside(-2)).toBe(1);
  });
});
