import { describe, expect, it } from 'vitest';
import { PicturePyramid } from '#engine/face/picture-pyramid.ts';
import { boundsOfMesh, tilesOf, wholeRegion } from '#engine/face/search.ts';

const inside = (x: number, y: number, size: number, tile: { cx: number; cy: number; size: number }) =>
  x >= tile.cx - tile.size / 2 &&
  y >= tile.cy - tile.size / 2 &&
  x + size <= tile.cx + tile.size / 2 &&
  y + size <= tile.cy + tile.size / 2;

describe('tilesOf', () => {
  it.each([
    [2048, 826],
    [3000, 4000],
    [1000, 1000],
  ])('holds every small face of %d x %d whole in some tile', (width, height) => {
    const tiles = tilesOf(width, height);
    const smallest = Math.min(...tiles.map(({ size }) => size));
    const face = 0.35 * smallest;
    for (let y = 0; y + face <= height; y += face / 3) {
      for (let x = 0; x + face <= width; x += face / 3) {
        expect(
          tiles.some((tile) => inside(x, y, face, tile)),
          `${x}, ${y}`,
        ).toBe(true);
      }
    }
  });

  it('makes no tiles that would have to be enlarged', () => {
    expect(tilesOf(400, 300)).toEqual([]);
    expect(Math.min(...tilesOf(8000, 6000).map(({ size }) => size))).toBe(1000);
    for (const { size } of tilesOf(1500, 500)) expect(size).toBeGreaterThanOrEqual(256);
  });
});

describe('wholeRegion', () => {
  it('covers the picture whichever way it is turned', () => {
    const picture = new PicturePyramid({ width: 40, height: 30, data: new Float32Array(3600) });
    expect(wholeRegion(picture)).toEqual({ cx: 20, cy: 15, size: 40, angle: 0 });
    expect(wholeRegion(picture, 3).angle).toBeCloseTo((3 * Math.PI) / 2, 9);
  });
});

describe('boundsOfMesh', () => {
  it('leaves the irises out', () => {
    const landmarks = new Float32Array(3 * 478).fill(5);
    landmarks.set([1, 2], 0);
    landmarks.set([9, 8], 3 * 467);
    landmarks.set([100, 100], 3 * 470);
    expect(boundsOfMesh(landmarks)).toEqual([1, 2, 9, 8]);
  });
});
