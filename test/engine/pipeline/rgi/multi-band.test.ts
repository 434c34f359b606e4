import { describe, expect, it } from 'vitest';
import { toLevels } from '#engine/image/exact/byte-image.ts';
import type { ByteImage, Plane } from '#engine/image/picture.ts';
import { compositeMasks } from '#engine/pipeline/rgi/masks.ts';
import { blendBands, blendFace, compose, type LevelImage } from '#engine/pipeline/rgi/multi-band.ts';
import { goldenPicture, imageReference, largestDifference } from '#test/support/image-reference.ts';

const SIDE = 1024;
const reference = imageReference.multi_band_blending;

/** Levels at pixels of a picture. */
const at = (levels: Uint8Array, points: readonly (readonly number[])[]) =>
  points.map(([x, y]) => [0, 1, 2].map((k) => levels[k * SIDE * SIDE + y! * SIDE + x!]!));

describe('blendBands', () => {
  const a = goldenPicture('mbA', SIDE, SIDE, 3);
  const b = goldenPicture('mbB', SIDE, SIDE, 3);
  const ring: Plane = {
    width: SIDE,
    height: SIDE,
    data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
      const distance = Math.abs(Math.hypot((i % SIDE) - 500, Math.floor(i / SIDE) - 520) - 300);
      return Math.min(1, Math.max(0, 1 - distance / 12));
    }),
  };
  const row = Array.from({ length: 64 }, (_, i) => [16 * i, 520]);

  it('gives the levels of the original for 8-bit pictures', () => {
    const levels = toLevels(blendBands(a, b, ring), 'truncate');
    expect(at(levels, reference.points_xy)).toEqual(reference.values_u8_B);
    expect(at(levels, row)).toEqual(reference.row520_x_0_to_1023_step_16);
    const mean = levels.reduce((sum, v) => sum + v, 0) / levels.length;
    expect(mean).toBeCloseTo(reference.mean, 4);
  });

  it('gives the levels of the original for real levels', () => {
    const mixed: LevelImage = { ...b, data: Float32Array.from(b.data, (v, i) => 0.37 * v + 0.63 * a.data[i]!) };
    const levels = toLevels(blendBands(a, mixed, ring), 'truncate');
    expect(at(levels, row)).toEqual(reference['row520_with_float32_B_equal_0.37*B+0.63*A']);
  });
});

const [side, n] = [256, 256 * 256];
const target = goldenPicture('blend-target', side, side, 3);
const flat = (level: number): ByteImage => ({ ...target, data: new Uint8Array(3 * n).fill(level) });
const plane = (value: (x: number, y: number) => number): Plane => ({
  width: side,
  height: side,
  data: Float32Array.from({ length: n }, (_, i) => value(i % side, Math.floor(i / side))),
});

describe('blendBands of small pictures', () => {
  it('gives back either picture for a mask of zeros or ones', () => {
    const other = goldenPicture('blend-other', side, side, 3);
    expect(
      toLevels(
        blendBands(
          other,
          target,
          plane(() => 0),
        ),
        'round',
      ),
    ).toEqual(target.data);
    expect(
      toLevels(
        blendBands(
          other,
          target,
          plane(() => 1),
        ),
        'round',
      ),
    ).toEqual(other.data);
  });

  it('refuses sizes that do not halve evenly', () => {
    const odd = { width: 12, height: 12, channels: 1, data: new Uint8Array(144) };
    expect(() => blendBands(odd, odd, { width: 12, height: 12, data: new Float32Array(144) })).toThrow(RangeError);
  });
});

describe('compose', () => {
  it('mixes by the mask, rounded', () => {
    const mixed = compose(
      flat(101),
      flat(0),
      plane((x) => x / 255),
    );
    expect([...mixed.data.subarray(0, side)]).toEqual(
      Array.from({ length: side }, (_, x) => Math.round((101 * x) / 255)),
    );
  });
});

describe('blendFace', () => {
  const half = 128;
  const disc = Float32Array.from({ length: half * half }, (_, i) =>
    Math.hypot((i % half) - 64, Math.floor(i / half) - 64) <= 24 ? 1 : 0,
  );
  const masks = compositeMasks({ width: half, height: half, data: disc }, side);

  it('leaves a picture that is its own face as it is', () => {
    expect(largestDifference(blendFace(target, target, masks).data, target.data)).toBe(0);
  });

  it('keeps the target away from the face to the bit, and shows the face inside', () => {
    const blended = blendFace(flat(250), flat(30), masks);
    masks.reach.data.forEach((v, i) => {
      if (v === 0 && blended.data[i] !== 30) throw new Error(`${blended.data[i]} at ${i}`);
    });
    const middle = blended.data[half * side + half]!;
    expect(middle).toBeGreaterThan(200);
    // From the middle to the outside the face gives way without a step.
    const row = [...blended.data.subarray(half * side + half, half * side + side)];
    const steps = row.slice(1).map((v, i) => Math.abs(v - row[i]!));
    expect(Math.max(...steps)).toBeLessThan(60);
  });

  it('changes nothing without a foreground', () => {
    const nothing = compositeMasks({ width: half, height: half, data: disc.map(() => 0) }, side);
    expect(largestDifference(blendFace(flat(250), target, nothing).data, target.data)).toBe(0);
  });
});
