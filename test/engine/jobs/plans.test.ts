/** The pure parts of jobs: ranges, parts, states, assignments, forecasts, progress. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StorageError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { assignSources } from '#engine/jobs/assignment.ts';
import {
  addFrame,
  countFrames,
  fillPending,
  frameState,
  joinRanges,
  skippedRanges,
} from '#engine/jobs/frame-states.ts';
import { type ForecastInput, folderBytes, isDiskFull, requireRoom, resultBytes } from '#engine/jobs/free-space.ts';
import { newJobId } from '#engine/jobs/job-folder.ts';
import { keyIntervalAt, partCount, partFramesAt, partOf, partSecondsOf, partsOf } from '#engine/jobs/parts.ts';
import { createProgressMeter, fractionOf, phasesOf } from '#engine/jobs/progress-meter.ts';
import type { ClipTracks } from '#engine/jobs/tracks-file.ts';
import { wantedFrames } from '#engine/jobs/trim.ts';
import type { FrameRange, FrameState } from '#shared/jobs.ts';
import { rejection } from '#test/support/rejection.ts';

describe('parts', () => {
  test('cover every wanted frame once, in order', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 4, max: 240 }),
        (first, n, size) => {
          const plan = { first, end: first + n, partFrames: size };
          const parts = partsOf(plan);
          expect(parts).toHaveLength(partCount(plan));
          expect(parts[0]?.first).toBe(first);
          expect(parts.at(-1)?.end).toBe(plan.end);
          parts.forEach((part, i) => {
            expect(part.number).toBe(i);
            expect(part.end).toBeGreaterThan(part.first);
            expect(part.first).toBe(parts[i - 1]?.end ?? first);
            expect(partOf(plan, part.first)).toEqual(part);
            expect(partOf(plan, part.end - 1)).toEqual(part);
          });
        },
      ),
    );
  });

  test.each([
    [25, 75, 50],
    [60, 180, 120],
    [1, 4, 4],
    [1000, 240, 240],
  ])('at %i frames a second have %i frames, groups %i', (num, frames, key) => {
    expect([partFramesAt({ num, den: 1 }, partSecondsOf('classic')), keyIntervalAt({ num, den: 1 })]).toEqual([
      frames,
      key,
    ]);
    expect(partFramesAt({ num, den: 1 }, partSecondsOf('rgi'))).toBeLessThanOrEqual(frames);
  });
});

describe('the wanted range', () => {
  /** Ten frames of 40 ms that begin at 1 s. */
  const times = {
    timeBase: { num: 1, den: 1000 },
    pts: Float64Array.from({ length: 10 }, (_, i) => 1000 + 40 * i),
    end: 1400,
  };

  test.each([
    [{}, -1, 0, 10],
    [{}, 3, 0, 3],
    [{}, 99, 0, 10],
    [{ in: { seconds: 0.04 } }, -1, 1, 10],
    [{ in: { seconds: 0.041 } }, -1, 2, 10],
    [{ in: { seconds: 0.0403 }, out: { seconds: 0.2 } }, -1, 1, 5],
    [{ in: { frame: 2 }, out: { frame: 4 } }, -1, 2, 4],
    [{ in: { frame: 2 } }, 5, 2, 7],
    [{ out: { seconds: 99 } }, -1, 0, 10],
  ] as const)('%j with %i frames at most is %i to %i', (trim, most, first, end) => {
    expect(wantedFrames(times, 1, trim, most)).toEqual({ first, end });
  });

  test.each([{ in: { seconds: 0.4 } }, { in: { frame: 10 } }, { in: { frame: 5 }, out: { frame: 5 } }])(
    '%j holds no frame',
    (trim) => {
      expect(() => wantedFrames(times, 1, trim, -1)).toThrow(/the clip has 10 frames, 0\.40 s/);
    },
  );
});

describe('frame states', () => {
  const states = fc.array(fc.constantFrom<FrameState>('swapped', 'no-face', 'profile'), { maxLength: 60 });

  test('runs tell what was said of each frame', () => {
    fc.assert(
      fc.property(states, (list) => {
        const ranges: FrameRange[] = [];
        for (const [i, state] of list.entries()) addFrame(ranges, i + 7, state);
        const told = ranges.flatMap(({ from, to, state }) => Array.from({ length: to - from + 1 }, () => state));
        expect(told).toEqual(list);
        for (const [i, range] of ranges.entries()) expect(range.state).not.toBe(ranges[i + 1]?.state);
        expect(countFrames(ranges, 'swapped')).toBe(list.filter((state) => state === 'swapped').length);
        const skipped = skippedRanges(ranges).reduce((sum, { from, to }) => sum + to - from + 1, 0);
        expect(skipped).toBe(list.length - countFrames(ranges, 'swapped'));
      }),
    );
  });

  test('parts join, gaps are pending', () => {
    const a: FrameRange[] = [{ from: 0, to: 4, state: 'swapped' }];
    const b: FrameRange[] = [{ from: 5, to: 9, state: 'swapped' }];
    expect(joinRanges([a, b])).toEqual([{ from: 0, to: 9, state: 'swapped' }]);
    expect(a).toEqual([{ from: 0, to: 4, state: 'swapped' }]);
    expect(fillPending(b, 2, 12)).toEqual([
      { from: 2, to: 4, state: 'pending' },
      { from: 5, to: 9, state: 'swapped' },
      { from: 10, to: 11, state: 'pending' },
    ]);
  });

  test.each([
    [1, ['profile'], 'swapped'],
    [0, [], 'no-face'],
    [0, ['unassigned'], 'unassigned'],
    [0, ['unassigned', 'blurred'], 'blurred'],
    [0, ['covered', 'profile'], 'covered'],
  ] as const)('%i swapped and %j left is %s', (swapped, reasons, state) => {
    expect(
      frameState(
        swapped,
        reasons.map((reason) => ({ reason })),
      ),
    ).toBe(state);
  });
});

describe('assignment', () => {
  const track = (id: number) => ({ id, firstFrame: 0, lastFrame: 9, frames: 10, bestFrame: 0, ranges: [] });
  const clip: ClipTracks = { tracks: [track(0), track(1), track(2)], largest: 1, firstFrame: [2, 0] };
  const assign = (...goals: Parameters<typeof assignSources>[0][number]['goal'][]) =>
    Object.fromEntries(
      assignSources(
        goals.map((goal) => ({ goal })),
        clip,
        'clip.mp4',
      ),
    );

  test('meets every kind of goal; later sources win', () => {
    expect(assign('largest')).toEqual({ 1: 0 });
    expect(assign('all')).toEqual({ 0: 0, 1: 0, 2: 0 });
    expect(assign({ track: 2 }, { track: 0 })).toEqual({ 2: 0, 0: 1 });
    expect(assign({ firstFrameFace: 0 })).toEqual({ 2: 0 });
    expect(assign('all', { track: 1 })).toEqual({ 0: 0, 1: 1, 2: 0 });
    expect(
      Object.fromEntries(assignSources([{ goal: 'largest' }], { tracks: [], largest: null, firstFrame: [] }, '')),
    ).toEqual({});
  });

  test('says what is not there', () => {
    expect(() => assign({ track: 3 })).toThrow('There is no track 3; the clip has 3, counted from 0.');
    expect(() => assign({ firstFrameFace: 2 })).toThrow(
      'There is no face 2 in the first frame; it has 2, counted from 0.',
    );
  });
});

describe('room on the disk', () => {
  const input: ForecastInput = {
    width: 1280,
    height: 720,
    frames: 250,
    seconds: 10,
    audioTracks: 1,
    encoder: { codec: 'h264', quality: 80, preset: 'balanced' },
    output: 'video',
  };

  test('the forecast grows with what costs room', () => {
    const bytes = resultBytes(input);
    expect(bytes / 1e6).toBeGreaterThan(5);
    expect(bytes / 1e6).toBeLessThan(15);
    const with_ = (change: Partial<ForecastInput>) => resultBytes({ ...input, ...change });
    expect(with_({ encoder: { ...input.encoder, quality: 97 } })).toBeGreaterThan(1.8 * bytes);
    expect(with_({ encoder: { ...input.encoder, quality: 40 } })).toBeLessThan(bytes / 3);
    expect(with_({ encoder: { ...input.encoder, codec: 'ffv1' } })).toBeGreaterThan(20 * bytes);
    expect(with_({ output: 'pictures' })).toBeGreaterThan(20 * bytes);
    expect(folderBytes(input)).toBeGreaterThan(2 * bytes);
  });

  test('too little is said with numbers', async () => {
    await requireRoom([{ folder: '/', bytes: 1e9 }], async () => 2e9);
    const error = await rejection(requireRoom([{ folder: '/jobs', bytes: 3e9 }], async () => 2e9));
    expect(error).toMatchObject({
      kind: 'storage',
      file: '/jobs',
      message: 'The disk has too little room: about 3.1 GB are needed, 2.0 GB are free.',
    });
  });

  test('a full disk is told from other refusals', () => {
    expect(isDiskFull(toStorageError({ code: 'ENOSPC' }, 'x'))).toBe(true);
    expect(isDiskFull(toStorageError({ code: 'EDQUOT' }, 'x'))).toBe(true);
    expect(isDiskFull(toStorageError({ code: 'EACCES' }, 'x'))).toBe(false);
    expect(isDiskFull(new StorageError('no room for doubt'))).toBe(false);
    expect(isDiskFull({ cause: { code: 'ENOSPC' } })).toBe(false);
  });
});

describe('progress', () => {
  test('tells speed and time left from the latest frames', () => {
    let now = 0;
    const meter = createProgressMeter(phasesOf({}), () => now);
    meter.begin('swap', 10, 110);
    expect(meter.now()).toMatchObject({ framesDone: 10, framesTotal: 110, fps: null, secondsLeft: null });
    for (let i = 0; i < 20; i++) {
      now += 100;
      meter.frame();
    }
    expect(meter.now().fps).toBeCloseTo(10, 5);
    expect(meter.now().framesDone).toBe(30);
    expect(meter.now().secondsLeft).toBeGreaterThan(8);
    for (let i = 0; i < 60; i++) {
      now += 1000;
      meter.frame();
    }
    expect(meter.now().fps).toBeCloseTo(1, 1);
  });

  test('does not guess how long the phases take that have not begun', () => {
    let now = 0;
    const left = (phases: ReturnType<typeof phasesOf>) => {
      const meter = createProgressMeter(phases, () => now);
      meter.begin('analyse', 0, 100);
      for (let i = 0; i < 20; i++) {
        now += 100;
        meter.frame();
      }
      return meter.now();
    };
    expect(left(phasesOf({}))).toMatchObject({ framesDone: 20, secondsLeft: null });
    expect(left(phasesOf({})).fps).toBeCloseTo(10, 5);
    expect(left(phasesOf({ stopAfter: 'analyse' })).secondsLeft).toBeCloseTo(8, 5);
  });

  test('rises over all phases', () => {
    const phases = phasesOf({});
    const steps = phases.flatMap((phase) => [0, 0.5, 1].map((within) => fractionOf(phases, phase, within)));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect([steps[0], steps.at(-1)]).toEqual([0, 1]);
    expect(fractionOf(phasesOf({ stopAfter: 'analyse' }), 'analyse', 1)).toBe(1);
  });
});

test('ids sort by the time of making', () => {
  const ids = [1e12, 1.7e12, 1.7e12 + 1, 3e12].map((now, i) => newJobId(now, 0.9 - i / 5));
  expect(ids).toEqual(ids.toSorted());
  expect(newJobId(1.7e12, 0)).toMatch(/^job_[0-9a-z]{15}$/);
});
