/** Which face gives each region its texture, in photos and in frames (the table of the specification). */
import { describe, expect, it } from 'vitest';
import { PHOTO_PROFILE, videoProfile } from '#engine/pipeline/rgi/profiles.ts';
import { type RegionId, regionIndex } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';

const DRIVEN: readonly RegionId[] = ['lips', 'brows', 'eyes', 'nose', 'skin', 'mouth'];
const shares = (table: readonly (readonly number[])[]) =>
  Object.fromEntries(
    (['ears', 'neck', 'glasses', 'hair', 'earrings', 'background', ...DRIVEN] as const).map((id) => [
      id,
      table[regionIndex(id)]![1],
    ]),
  );
const whole = Object.fromEntries(DRIVEN.map((id) => [id, 1]));
const kept = { ears: 0, neck: 0, glasses: 0, hair: 0, earrings: 0, background: 0 };

describe('textures', () => {
  it('of photos are the identity regions of the driven face', () => {
    expect(shares(PHOTO_PROFILE.table(DEFAULT_SWAP_SETTINGS))).toEqual({ ...whole, ...kept });
  });

  it('of frames take neck and glasses along, and half of the ears', () => {
    const table = videoProfile(false).table;
    expect(shares(table(DEFAULT_SWAP_SETTINGS))).toEqual({ ...whole, ...kept, ears: 0.5, neck: 1, glasses: 1 });
    expect(shares(table({ ...DEFAULT_SWAP_SETTINGS, amount: 0.5 }))).toMatchObject({
      skin: 0.5,
      ears: 0.25,
      neck: 0.5,
      hair: 0,
    });
  });

  it('of frames are the chosen regions alone where not all are exchanged', () => {
    const regions = { ...DEFAULT_REGION_SWITCHES, nose: { texture: false, shape: false, amount: 1 } };
    expect(shares(videoProfile(false).table({ regions, amount: 1 }))).toEqual({ ...whole, ...kept, nose: 0 });
  });
});

it('re-colours frames unless the generator was tuned to them', () => {
  expect([PHOTO_PROFILE, videoProfile(false), videoProfile(true)].map(({ recolor }) => recolor)).toEqual([
    true,
    true,
    false,
  ]);
});
