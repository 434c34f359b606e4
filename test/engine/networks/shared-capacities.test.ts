/** Room that many label maps share. */
import { describe, expect, it } from 'vitest';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { capacitiesKey, coarseRoom, sharedCapacities } from '#engine/networks/shared-capacities.ts';
import { REGION_COUNT } from '#shared/regions.ts';

const SIDE = 512;
const LAYERS = maskedLayers();

/** A disc of skin on background. */
const disc = (radius: number): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, i) =>
    Math.hypot((i % SIDE) - SIDE / 2, Math.floor(i / SIDE) - SIDE / 2) < radius ? 6 : 0,
  );
const capacitiesOf = (labels: Uint8Array) => regionCapacities(labels, SIDE, LAYERS, REGION_COUNT);

describe('coarseRoom', () => {
  it('is never below the need and at most a quarter above it', () => {
    for (let room = 1; room < 5000; room++) {
      const coarse = coarseRoom(room);
      expect(coarse).toBeGreaterThanOrEqual(room);
      if (room >= 4) expect(coarse).toBeLessThanOrEqual(1.25 * room);
      expect(coarseRoom(coarse)).toBe(coarse);
    }
    expect(coarseRoom(0)).toBe(0);
  });
});

describe('sharedCapacities', () => {
  it('holds the map that it was made for, and maps like it share its key', () => {
    const [one, like, other] = [disc(150), disc(152), disc(60)];
    const shared = sharedCapacities(capacitiesOf(one), LAYERS);
    expect(() => regionInputs(one, SIDE, LAYERS, shared)).not.toThrow();
    expect(capacitiesKey(sharedCapacities(capacitiesOf(like), LAYERS))).toBe(capacitiesKey(shared));
    expect(capacitiesKey(sharedCapacities(capacitiesOf(other), LAYERS))).not.toBe(capacitiesKey(shared));
  });

  it('asks for no room where there are no borders', () => {
    const flat = sharedCapacities(capacitiesOf(new Uint8Array(SIDE * SIDE).fill(6)), LAYERS);
    expect(Object.keys(regionInputs(new Uint8Array(SIDE * SIDE).fill(6), SIDE, LAYERS, flat))).toEqual([]);
  });
});
