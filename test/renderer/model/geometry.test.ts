import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as geometry from '../../../src/renderer/model/geometry.ts';

const size = fc.record({ width: fc.integer({ min: 16, max: 9000 }), height: fc.integer({ min: 16, max: 9000 }) });
const room = fc.record({ width: fc.integer({ min: 200, max: 2000 }), height: fc.integer({ min: 200, max: 1500 }) });

describe('viewer geometry', () => {
  it('fits the whole picture into the middle of the frame', () => {
    fc.assert(
      fc.property(room, size, (frame, picture) => {
        const view = geometry.fitView(frame, picture, 20);
        expect(picture.width * view.scale).toBeLessThanOrEqual(frame.width - 40 + 1e-6);
        expect(picture.height * view.scale).toBeLessThanOrEqual(frame.height - 40 + 1e-6);
        expect(view.x + (picture.width * view.scale) / 2).toBeCloseTo(frame.width / 2, 6);
        expect(view.y + (picture.height * view.scale) / 2).toBeCloseTo(frame.height / 2, 6);
      }),
    );
  });

  it('keeps the pixel under the pointer when it zooms into a large picture', () => {
    const frame = { width: 800, height: 600 };
    const picture = { width: 4000, height: 3000 };
    const view = { scale: 0.5, x: -300, y: -200 };
    const anchor = { x: 400, y: 250 };
    const next = geometry.zoomAt(view, 1, anchor, frame, picture);
    expect((anchor.x - next.x) / next.scale).toBeCloseTo((anchor.x - view.x) / view.scale, 6);
    expect((anchor.y - next.y) / next.scale).toBeCloseTo((anchor.y - view.y) / view.scale, 6);
  });

  it('never lets the picture leave the frame', () => {
    fc.assert(
      fc.property(
        room,
        size,
        fc.double({ min: 0.05, max: 8, noNaN: true }),
        fc.integer({ min: -9e4, max: 9e4 }),
        (frame, picture, scale, shift) => {
          const view = geometry.panBy({ scale, x: 0, y: 0 }, shift, shift, frame, picture);
          expect(view.x).toBeLessThan(frame.width);
          expect(view.x + picture.width * scale).toBeGreaterThan(0);
          expect(view.y).toBeLessThan(frame.height);
          expect(view.y + picture.height * scale).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('limits the scale', () => {
    const frame = { width: 500, height: 500 };
    const picture = { width: 1000, height: 1000 };
    const centre = { x: 250, y: 250 };
    const fit = geometry.fitView(frame, picture);
    expect(geometry.zoomAt(fit, 1000, centre, frame, picture).scale).toBe(geometry.MAX_SCALE);
    expect(geometry.zoomAt(fit, 1e-9, centre, frame, picture).scale).toBeCloseTo(fit.scale, 9);
  });

  it('steps through 50, 71, 100, 141 and 200 percent, and back', () => {
    const up = [0.5, 1, 1, 1].reduce<number[]>((list) => [...list, geometry.zoomStep(list.at(-1) ?? 0.5, 1)], [0.5]);
    expect(up.map((scale) => Math.round(scale * 100))).toEqual([50, 71, 100, 141, 200]);
    expect(geometry.zoomStep(0.6, 1)).toBeCloseTo(Math.SQRT1_2, 9);
    expect(geometry.zoomStep(1.2, -1)).toBeCloseTo(1, 9);
    expect(geometry.zoomStep(1, -1)).toBeCloseTo(Math.SQRT1_2, 9);
  });

  it('finds the wipe again where it was put', () => {
    const frame = { width: 800, height: 600 };
    const picture = { width: 2000, height: 1000 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (fraction, zoomed) => {
        const view = zoomed ? { scale: 1, x: -400, y: -100 } : geometry.fitView(frame, picture);
        const { frameX, pictureShare } = geometry.wipeAt(fraction, view, frame, picture);
        expect(geometry.wipeFraction(frameX, view, frame, picture)).toBeCloseTo(fraction, 6);
        expect(view.x + pictureShare * picture.width * view.scale).toBeCloseTo(frameX, 4);
      }),
    );
  });

  it('asks for one of a few sizes, and for no more than the picture has', () => {
    const picture = { width: 6000, height: 4000 };
    expect(geometry.viewSide(picture, 0.15, 1)).toBe(1024);
    expect(geometry.viewSide(picture, 0.15, 2)).toBe(2048);
    expect(geometry.viewSide(picture, 1, 1)).toBe(8192);
    expect(geometry.viewSide({ width: 400, height: 300 }, 4, 2)).toBe(512);
  });
});

it.each([
  ['wide pictures in a square', 700, 700, 16 / 9, true],
  ['wide pictures in a very wide space', 1600, 400, 16 / 9, false],
  ['upright pictures in a square', 700, 700, 9 / 16, false],
  ['square pictures in a wide space', 900, 500, 1, false],
  ['little gain', 736, 424, 16 / 9, false],
  ['anything where there is no space yet', 0, 0, 1, false],
])('two pictures stand above each other where they are larger then: %s', (_what, width, height, aspect, stacked) => {
  expect(geometry.isBetterStacked({ width, height }, aspect)).toBe(stacked);
});
