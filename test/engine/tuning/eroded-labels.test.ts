/** The eroded label map of PTI against a minimum filter written out. */
import { describe, expect, it } from 'vitest';
import { erodedFaceLabels, PTI_OUTSIDE } from '#engine/tuning/eroded-labels.ts';
import { isTunable } from '#engine/tuning/trainable.ts';
import { networkManifest } from '#engine/weights/manifests.ts';
import { drawnFaceLabels } from '../../../bench/drawn-labels.ts';

const SIZE = 64;

function byHand(labels: Uint8Array, radius: number): Uint8Array {
  return labels.map((label, at) => {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    for (let y = row - radius; y <= row + radius; y++)
      for (let x = column - radius; x <= column + radius; x++) {
        if (y < 0 || x < 0 || y >= SIZE || x >= SIZE) return 0;
        if (PTI_OUTSIDE.includes(labels[y * SIZE + x] as (typeof PTI_OUTSIDE)[number])) return 0;
      }
    return label;
  });
}

describe('eroded face labels', () => {
  const labels = drawnFaceLabels(SIZE);

  it.each([0, 1, 3])('equal the minimum over a square of radius %i', (radius) => {
    expect(erodedFaceLabels(labels, SIZE, radius)).toEqual(byHand(labels, radius));
  });

  it('fade at the border of the map', () => {
    const skin = new Uint8Array(SIZE * SIZE).fill(6);
    expect(erodedFaceLabels(skin, SIZE)).toEqual(byHand(skin, 3));
  });
});

describe('the trained tensors', () => {
  it('are those that the manifest marks, without the encoder', () => {
    const { tensors } = networkManifest('rgi');
    const tunable = [...tensors.keys()].filter((key) => isTunable(key) && !tensors.get(key)!.constant);
    expect(tunable).toHaveLength(138);
    expect(tunable.some((key) => key.startsWith('encoder.'))).toBe(false);
    expect(isTunable('G.convs.12.conv.weight')).toBe(false);
    expect(isTunable('G.to_rgbs.5.bias')).toBe(false);
    expect(isTunable('latent_avg')).toBe(false);
  });
});
