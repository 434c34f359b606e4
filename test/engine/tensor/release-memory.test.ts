import { describe, expect, it } from 'vitest';
import { releaseMemory } from '#engine/tensor/release-memory.ts';

const MB = 2 ** 20;

const inUse = (): number => process.memoryUsage().arrayBuffers;

describe('memory of array buffers', () => {
  it('comes back when there is enough of it that nobody holds', async () => {
    const held = new Float32Array(4 * MB);
    const waste = (): number => {
      let sum = 0;
      for (let i = 0; i < 16; i++) sum += new Float32Array(4 * MB).fill(i).length;
      return sum;
    };
    const begin = inUse();
    expect(waste()).toBe(64 * MB);
    // A collection may have come by itself: then there is nothing left to do.
    const wasted = inUse() - begin;
    expect(releaseMemory(128 * MB) || wasted < 128 * MB).toBe(true);
    await expect.poll(inUse).toBeLessThan(begin + 128 * MB);
    expect(held.length).toBe(4 * MB);
    expect(releaseMemory(128 * MB)).toBe(false);
  });
});
