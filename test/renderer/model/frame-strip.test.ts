import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_STATES, type FrameRange } from '#shared/jobs.ts';
import {
  countStates,
  piecesOf,
  plannedRanges,
  skipSummary,
  stateAt,
  statesIn,
} from '../../../src/renderer/model/frame-strip.ts';

const ranges: FrameRange[] = [
  { from: 0, to: 3, state: 'swapped' },
  { from: 4, to: 4, state: 'blurred' },
  { from: 5, to: 7, state: 'swapped' },
  { from: 8, to: 9, state: 'no-face' },
];

describe('a strip', () => {
  it('shows every range at its place', () => {
    expect(piecesOf(ranges, 10)).toEqual([
      { from: 0, to: 0.4, state: 'swapped' },
      { from: 0.4, to: 0.5, state: 'blurred' },
      { from: 0.5, to: 0.8, state: 'swapped' },
      { from: 0.8, to: 1, state: 'no-face' },
    ]);
    expect(piecesOf([], 10)).toEqual([]);
    expect(piecesOf(ranges, 0)).toEqual([]);
  });

  it('of very many ranges stays small, covers the same frames, and keeps what a user looks for', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...FRAME_STATES), { minLength: 2000, maxLength: 3000 }), (states) => {
        const many = states.map((state, i): FrameRange => ({ from: i, to: i, state }));
        const pieces = piecesOf(many, many.length);
        expect(pieces.length).toBeLessThan(1700);
        expect(pieces[0]?.from).toBe(0);
        expect(pieces.at(-1)?.to).toBeCloseTo(1, 9);
        for (const [i, piece] of pieces.entries()) if (i > 0) expect(piece.from).toBeCloseTo(pieces[i - 1]!.to, 9);
      }),
      { numRuns: 20 },
    );
    const oneBad = Array.from({ length: 5000 }, (_, i): FrameRange => {
      return { from: i, to: i, state: i === 2500 ? 'covered' : i % 2 === 0 ? 'swapped' : 'pending' };
    });
    expect(piecesOf(oneBad, 5000).some(({ state }) => state === 'covered')).toBe(true);
  });
});

describe('states', () => {
  it('are counted, summed up by reason and found', () => {
    expect([...countStates(ranges)]).toEqual([
      ['swapped', 7],
      ['blurred', 1],
      ['no-face', 2],
    ]);
    expect(skipSummary(ranges)).toEqual([
      { reason: 'no-face', frames: 2, ranges: [{ from: 8, to: 9 }] },
      { reason: 'blurred', frames: 1, ranges: [{ from: 4, to: 4 }] },
    ]);
    expect([stateAt(ranges, 4), stateAt(ranges, 9), stateAt(ranges, 10)]).toEqual(['blurred', 'no-face', null]);
    expect(statesIn([{ ranges }, { ranges: [{ from: 0, to: 1, state: 'pending' }] }])).toEqual([
      'pending',
      'swapped',
      'no-face',
      'blurred',
    ]);
  });

  it('before a run say what will become of them', () => {
    const found: FrameRange[] = [
      { from: 0, to: 3, state: 'unassigned' },
      { from: 4, to: 5, state: 'profile' },
    ];
    expect(plannedRanges(found, true).map(({ state }) => state)).toEqual(['swapped', 'profile']);
    expect(plannedRanges(found, false).map(({ state }) => state)).toEqual(['unassigned', 'profile']);
  });
});
