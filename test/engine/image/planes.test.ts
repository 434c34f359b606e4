import { describe, expect, it } from 'vitest';
import { newPlane, outsideArena, PlaneArena, sameArena } from '#engine/image/planes.ts';
import { memoOn, memoWith } from '#engine/pipeline/memo.ts';

const MEGABYTE = 2 ** 20;

describe('planes of an arena', () => {
  it('are zero again after a reset, in the same memory', () => {
    const arena = new PlaneArena(64 * MEGABYTE);
    const first = arena.within(() => newPlane(100).fill(7));
    arena.reset();
    const second = arena.within(() => newPlane(100));
    expect(second.buffer).toBe(first.buffer);
    expect(second.every((v) => v === 0)).toBe(true);
  });

  it('do not overlap, whatever their sizes', () => {
    const arena = new PlaneArena(64 * MEGABYTE);
    const planes = arena.within(() => [1, 5_000_000, 17, 4_000_000, 3].map((n, k) => newPlane(n).fill(k + 1)));
    planes.forEach((plane, k) => {
      expect(plane[0]).toBe(k + 1);
      expect(plane[plane.length - 1]).toBe(k + 1);
    });
  });

  it('have memory of their own beyond the limit, and outside', () => {
    const arena = new PlaneArena(16 * MEGABYTE);
    const [held, beyond, outside] = arena.within(() => [
      newPlane(3_000_000),
      newPlane(3_000_000),
      outsideArena(() => newPlane(10)),
    ]);
    expect(held!.buffer.byteLength).toBe(16 * MEGABYTE);
    expect(beyond!.buffer.byteLength).toBe(12_000_000);
    expect(outside!.buffer.byteLength).toBe(40);
    expect(newPlane(10).buffer.byteLength).toBe(40);
  });

  it('can be taken after a wait, by work that began in the arena', async () => {
    const arena = new PlaneArena(16 * MEGABYTE);
    const plane = await arena.within(async () => {
      const here = sameArena();
      await Promise.resolve();
      expect(newPlane(10).buffer.byteLength).toBe(40);
      return here(() => newPlane(10));
    });
    expect(plane.buffer.byteLength).toBe(16 * MEGABYTE);
  });

  it('are not kept by what is remembered, unless their owner goes with them', () => {
    const arena = new PlaneArena(16 * MEGABYTE);
    const lasting = memoOn((_owner: object) => newPlane(10));
    const passing = memoWith((_owner: object) => newPlane(10));
    const owner = {};
    arena.within(() => {
      expect(lasting(owner).buffer.byteLength).toBe(40);
      expect(passing(owner).buffer.byteLength).toBe(16 * MEGABYTE);
    });
    expect(lasting(owner)).toBe(lasting(owner));
  });
});
