import { describe, expect, it } from 'vitest';
import type { TuningWatchEvent } from '#shared/contract-tuning.ts';
import { jobIdSchema } from '#shared/jobs.ts';
import type { LossRow, TuningInfo } from '#shared/tuning.ts';
import { tunedName } from '../../../src/renderer/actions/tuning.ts';
import { afterTuning } from '../../../src/renderer/state/tuning.ts';

const info = (updates: number): TuningInfo => ({
  job: jobIdSchema.parse('job_00000001'),
  running: true,
  stage: 'fine',
  preparing: null,
  updates,
  total: 100,
  updatesPerSecond: 1,
  secondsLeft: 3,
  frames: [0],
  picture: null,
  saved: null,
  tuned: null,
  finishing: false,
});
const row = (update: number): LossRow => ({ update, frame: 0, losses: { loss: 1 } });
const event = (type: TuningWatchEvent['type'], updates: number, records: LossRow[]): TuningWatchEvent => ({
  type,
  info: info(updates),
  records,
});

describe('what the page knows of a tuning', () => {
  it('grows with what is told, and begins anew where everything is told', () => {
    const some = afterTuning({ info: null, rows: [] }, [
      event('all', 1, [row(1)]),
      event('more', 2, [row(2)]),
      event('more', 2, []),
      event('more', 3, [row(3)]),
    ]);
    expect(some.rows.map(({ update }) => update)).toEqual([1, 2, 3]);
    expect(some.info?.updates).toBe(3);
    // Taken up again at a checkpoint: what came after it is made again.
    const again = afterTuning(some, [event('all', 2, [row(1), row(2)])]);
    expect(again.rows.map(({ update }) => update)).toEqual([1, 2]);
  });

  it('keeps the very rows that it has while only the words change', () => {
    const before = afterTuning({ info: null, rows: [] }, [event('all', 1, [row(1)])]);
    expect(afterTuning(before, [event('more', 1, [])]).rows).toBe(before.rows);
  });
});

describe('the name of saved weights', () => {
  it('is that of the clip', () => {
    expect(tunedName('walk in the park.final.mp4')).toBe('tuned walk in the park.final.safetensors');
  });
});
