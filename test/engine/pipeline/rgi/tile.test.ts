import { describe, expect, it } from 'vitest';
import { type RgbPlanes, upscaleInTiles } from '#engine/pipeline/rgi/tile.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';

const picture: RgbPlanes = { width: 23, height: 17, data: Float32Array.from(goldenUnits('tiles', 3 * 23 * 17)) };

/** Repeats each pixel, plus the mean of its 3 x 3 neighbourhood: an upscaler that sees one pixel far. */
async function neighbourly({ width, height, data }: RgbPlanes): Promise<Float32Array> {
  const out = new Float32Array(12 * width * height);
  for (let i = 0; i < out.length; i++) {
    const x = Math.floor((i % (2 * width)) / 2);
    const y = Math.floor((Math.floor(i / (2 * width)) % (2 * height)) / 2);
    const k = Math.floor(i / (4 * width * height));
    for (const [dx, dy] of [
      [0, 0],
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ] as const) {
      const [u, v] = [x + dx, y + dy];
      if (u >= 0 && v >= 0 && u < width && v < height) out[i]! += data[(k * height + v) * width + u]!;
    }
  }
  return out;
}

describe('upscaleInTiles', () => {
  it('gives what the upscaler gives for the whole picture, where the margin covers what it sees', async () => {
    const whole = await neighbourly(picture);
    for (const [side, margin] of [
      [10, 2],
      [8, 1],
      [23, 4],
      [100, 0],
    ] as const) {
      const tiled = await upscaleInTiles(picture, 2, neighbourly, { side, margin });
      expect([tiled.width, tiled.height]).toEqual([46, 34]);
      expect(tiled.data).toEqual(whole);
    }
  });

  it('cuts 512 into tiles of 400 and 112 with 40 pixels round them', async () => {
    const seen: string[] = [];
    const square = { width: 512, height: 512, data: new Float32Array(3 * 512 * 512) };
    await upscaleInTiles(square, 1, async ({ width, height, data }) => {
      seen.push(`${width}x${height}`);
      return data;
    });
    expect(seen).toEqual(['440x440', '152x440', '440x152', '152x152']);
  });

  it('passes on the failure of a tile', async () => {
    const failing = upscaleInTiles(picture, 2, () => Promise.reject(new Error('no memory')));
    await expect(failing).rejects.toThrow('no memory');
  });
});
