import { describe, expect, it } from 'vitest';
import { chooseKeyFrames, describeFrame, type FrameDescription, keyFrameCount } from '#engine/tuning/key-frames.ts';
import { regionIndex } from '#shared/regions.ts';

/** A square of skin at a place, in a picture of one brightness. */
function face(x: number, y: number, side: number, light: number) {
  const labels = new Uint8Array(512 * 512);
  for (let row = y; row < y + side; row++) labels.fill(regionIndex('skin'), row * 512 + x, row * 512 + x + side);
  const picture = { dims: [1, 3, 16, 16], data: new Float32Array(3 * 256).fill(light) };
  return { labels, driven: picture, recolored: picture };
}

describe('the description of a frame', () => {
  it('tells where the regions are and how light it is', () => {
    const { shape, light } = describeFrame(face(100, 200, 64, 0.25));
    // Skin is the first of the regions: root of the area, centre, spread.
    expect(shape[0]).toBeCloseTo(64 / 512);
    expect(shape[1]).toBeCloseTo(131.5 / 512);
    expect(shape[2]).toBeCloseTo(231.5 / 512);
    expect(shape[3]).toBeCloseTo(Math.sqrt((64 ** 2 - 1) / 12) / 512);
    expect(light).toHaveLength(2 * 3 * 16);
    expect(new Set(light)).toEqual(new Set([0.25]));
  });
});

describe('key frames', () => {
  it('cover every pose and every light', () => {
    const frames: FrameDescription[] = [];
    // Three poses, and one of them also in the dark; twenty frames of each with a tremor.
    const scenes = [
      [60, 0.5],
      [150, 0.5],
      [240, 0.5],
      [150, -0.5],
    ] as const;
    for (const [x, light] of scenes)
      for (let k = 0; k < 20; k++) frames.push(describeFrame(face(x + (k % 3), 100, 80, light)));
    const chosen = chooseKeyFrames(frames, 4);
    expect(chosen.map((index) => Math.floor(index / 20))).toEqual([0, 1, 2, 3]);
  });

  it('are fewer where more would be the same', () => {
    const still = Array.from({ length: 12 }, () => describeFrame(face(100, 100, 50, 0)));
    expect(chooseKeyFrames(still, 6)).toHaveLength(1);
    expect(chooseKeyFrames(still.slice(0, 1), 6)).toEqual([0]);
    expect(() => chooseKeyFrames([], 3)).toThrow(/at least one frame/);
  });

  it('are all frames of a short clip and few of a long one', () => {
    expect([1, 5, 6, 10, 74, 1000].map(keyFrameCount)).toEqual([1, 5, 6, 6, 13, 48]);
  });
});
