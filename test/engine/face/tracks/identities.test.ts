import { describe, expect, it } from 'vitest';
import { groupByPerson } from '#engine/face/tracks/identities.ts';
import { SIGNATURE_LENGTH } from '#engine/face/tracks/signature.ts';
import { emptyGallery, type Stretch } from '#engine/face/tracks/stretches.ts';
import { gaussianNoise } from './noise.ts';

/** A face seen from the front: its own relief, a share of it exchanged for a stranger's. */
function gallery(person: number, strangeness = 0) {
  const [own, other] = [gaussianNoise(person), gaussianNoise(1000 + person)];
  const signature = Float32Array.from({ length: SIGNATURE_LENGTH }, (_, i) => {
    const relief = 40 * ((1 - strangeness) * own() + strangeness * other());
    return i < SIGNATURE_LENGTH - 72 ? relief : 10;
  });
  const looks = emptyGallery();
  looks[2] = { count: 10, signature, visibility: new Float32Array(SIGNATURE_LENGTH).fill(1) };
  return looks;
}

const stretch = (id: number, first: number, last: number, x: number, person: number, strangeness = 0): Stretch => ({
  id,
  first: { frame: first, x, y: 100, size: 80 },
  last: { frame: last, x, y: 100, size: 80 },
  frames: last - first + 1,
  gallery: gallery(person, strangeness),
});

const grouped = (stretches: readonly Stretch[], cuts: readonly number[] = []): number[][] =>
  groupByPerson(stretches, cuts)
    .map((group) => group.map(({ id }) => id))
    .toSorted((a, b) => a[0]! - b[0]!);

describe('groupByPerson', () => {
  it('joins those who look alike, wherever and whenever', () => {
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 0, 90, 300, 2), stretch(2, 200, 220, 400, 1)])).toEqual([
      [0, 2],
      [1],
    ]);
  });

  it('never joins faces of one frame', () => {
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 50, 90, 300, 1)])).toEqual([[0], [1]]);
  });

  it('joins a face that looks a little strange only where it goes on in place and time', () => {
    const strange = 0.5;
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 53, 90, 110, 1, strange)])).toEqual([[0, 1]]);
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 53, 90, 400, 1, strange)])).toEqual([[0], [1]]);
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 99, 140, 110, 1, strange)])).toEqual([[0], [1]]);
    expect(grouped([stretch(0, 0, 50, 100, 1), stretch(1, 53, 90, 110, 1, strange)], [52])).toEqual([[0], [1]]);
  });

  it('does not let two people who meet swap', () => {
    const before = [stretch(0, 0, 20, 190, 1), stretch(1, 0, 20, 210, 2)];
    const after = [stretch(2, 24, 50, 210, 1), stretch(3, 24, 50, 190, 2)];
    expect(grouped([...before, ...after])).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });
});
