import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverRange, type FaceRecord, listRecords, lookedFrames, recordName } from '#engine/jobs/face-records.ts';

const record = (run: number, first: number, end: number): FaceRecord => ({
  file: recordName({ run, first, end }),
  run,
  first,
  end,
});
const spans = (rows: readonly { first: number; end: number }[]) => rows.map(({ first, end }) => [first, end]);

describe('a range of frames', () => {
  test('is served from inside a longer look', () => {
    const { pieces, gaps } = coverRange([record(0, 0, 75), record(0, 75, 150)], { first: 30, end: 100 });
    expect(spans(pieces)).toEqual([
      [30, 75],
      [75, 100],
    ]);
    expect(gaps).toEqual([]);
  });

  test('that goes on behind a look continues its run', () => {
    const last = record(20, 45, 70);
    const { pieces, gaps } = coverRange([record(20, 20, 45), last], { first: 20, end: 120 });
    expect(spans(pieces)).toEqual([
      [20, 45],
      [45, 70],
    ]);
    expect(gaps).toEqual([{ first: 70, end: 120, behind: last }]);
  });

  test('that begins earlier is looked at up to what is known', () => {
    const { pieces, gaps } = coverRange([record(20, 20, 60)], { first: 5, end: 50 });
    expect(spans(pieces)).toEqual([[20, 50]]);
    expect(gaps).toEqual([{ first: 5, end: 20, behind: undefined }]);
  });

  test('is put together from as few runs as possible, whatever the size of their parts', () => {
    const short = [0, 12, 24, 36].map((first) => record(0, first, first + 12));
    const { pieces, gaps } = coverRange([...short, record(10, 10, 90), record(0, 0, 20)], { first: 0, end: 80 });
    expect(pieces.map(({ run }) => run)).toEqual([0, 10]);
    expect(spans(pieces)).toEqual([
      [0, 20],
      [20, 80],
    ]);
    expect(gaps).toEqual([]);
  });

  test('is covered once, in order, by pieces and gaps, and what is missing is really missing', () => {
    const rows = fc.array(
      fc.tuple(fc.nat(60), fc.nat(40), fc.integer({ min: 1, max: 40 })).map(([run, skip, length]) => {
        return record(run, run + skip, run + skip + length);
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, fc.nat(80), fc.integer({ min: 1, max: 80 }), (records, first, length) => {
        const span = { first, end: first + length };
        const { pieces, gaps } = coverRange(records, span);
        const all = [...pieces, ...gaps].sort((a, b) => a.first - b.first);
        let next = first;
        for (const part of all) {
          expect(part.first).toBe(next);
          expect(part.end).toBeGreaterThan(part.first);
          next = part.end;
        }
        expect(next).toBe(span.end);
        for (const gap of gaps) {
          expect(records.some((known) => known.first < gap.end && gap.first < known.end)).toBe(false);
          if (gap.behind) expect(gap.behind.end).toBe(gap.first);
        }
        for (const piece of pieces) {
          const whole = records.find(({ file }) => file === piece.file);
          expect(whole && whole.first <= piece.first && whole.end >= piece.end).toBe(true);
        }
      }),
    );
  });
});

test('a folder tells its records by their names, and other files are none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-records-'));
  try {
    expect(await listRecords(path.join(folder, 'none'))).toEqual([]);
    await mkdir(path.join(folder, 'analysis'));
    const names = [recordName({ run: 5, first: 5, end: 40 }), '000000.faces', recordName({ run: 5, first: 9, end: 9 })];
    for (const name of names) await writeFile(path.join(folder, 'analysis', name), '');
    const [only, ...others] = await listRecords(path.join(folder, 'analysis'));
    expect(only).toMatchObject({ run: 5, first: 5, end: 40 });
    expect(others).toEqual([]);
    expect(await lookedFrames(path.join(folder, 'analysis'), { first: 0, end: 50 })).toBe(35);
  } finally {
    await rm(folder, { recursive: true });
  }
});
