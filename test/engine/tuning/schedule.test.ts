import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import {
  afterUpdate,
  longest,
  nextUpdate,
  planStages,
  SCHEDULE_START,
  type ScheduleLever,
  type ScheduleOptions,
  type ScheduleState,
  type Stage,
} from '#engine/tuning/schedule.ts';

const plan = (change: Partial<ScheduleOptions> = {}): readonly Stage[] =>
  planStages({ schedule: 'default', frames: 10, keyFrames: [1, 4, 8], passes: 20, coarse: true, ...change });

/** Follows a schedule with losses that a function gives. */
function follow(stages: readonly Stage[], lossOf: (update: number) => number, likeness = 1) {
  const made: { stage: string; frame: number; rate: number }[] = [];
  let state: ScheduleState = SCHEDULE_START;
  for (let next = nextUpdate(stages, state); next !== undefined; next = nextUpdate(stages, state)) {
    made.push({ stage: next.stage.id, frame: next.frame, rate: next.rate });
    // As a checkpoint would hand it on.
    state = JSON.parse(
      JSON.stringify(afterUpdate(stages, state, { loss: lossOf(made.length), likeness })),
    ) as ScheduleState;
  }
  return { made, ended: state.ended };
}

describe('the literal schedule', () => {
  it('visits every frame in order, pass by pass, at one rate', () => {
    const stages = plan({ schedule: 'literal', frames: 3, passes: 4 });
    const { made, ended } = follow(stages, () => 1);
    expect(made).toHaveLength(12);
    expect(longest(stages)).toBe(12);
    expect(made.map(({ frame }) => frame)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(new Set(made.map(({ stage, rate }) => `${stage} ${rate}`))).toEqual(new Set(['literal 1']));
    expect(ended).toEqual(['passes']);
  });
});

describe('the default schedule', () => {
  it('goes from coarse key frames to full ones, and over all frames at the end', () => {
    const { made, ended } = follow(plan(), (update) => 1 / update);
    const frames = (stage: string) => made.filter((row) => row.stage === stage).map(({ frame }) => frame);
    expect(frames('coarse')).toHaveLength(45);
    expect(new Set(frames('coarse'))).toEqual(new Set([1, 4, 8]));
    expect(frames('fine')).toHaveLength(15);
    expect(frames('sweep')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(made).toHaveLength(longest(plan()));
    expect(ended).toEqual(['passes', 'passes', 'passes']);
  });

  it('warms up, and then lets the rate fall without a jump between stages', () => {
    const { made } = follow(plan(), (update) => 1 / update);
    const rates = made.slice(0, 60).map(({ rate }) => rate);
    const peak = rates.indexOf(Math.max(...rates));
    expect(peak).toBe(6);
    expect(rates[0]).toBeCloseTo((rates[peak] as number) / 7, 0);
    expect(rates[peak]).toBeGreaterThan(9);
    // The second stage warms up, too; apart from that every rate is a little below the one before.
    const planned = [...rates.slice(peak, 45), ...rates.slice(51)];
    for (const [index, rate] of planned.slice(1).entries()) expect(rate).toBeLessThan(planned[index] as number);
    expect(rates.at(-1)).toBeLessThan(0.3);
    expect(made.at(-1)?.rate).toBe(0.2);
    // With a fifth of the updates weights can get about as far as at the constant rate.
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    expect(mean).toBeGreaterThan(4);
    expect(mean).toBeLessThan(6);
  });

  it('slows down on a plateau and then ends its stage', () => {
    const { made, ended } = follow(plan(), () => 1);
    const coarse = made.filter(({ stage }) => stage === 'coarse');
    // One pass to know the loss, then three times two passes without progress.
    expect(coarse).toHaveLength(3 * 7);
    const planned = follow(plan(), (update) => 1 / update).made;
    expect(coarse.map(({ rate }, index) => rate / (planned[index]?.rate as number))).toEqual([
      ...Array(9).fill(1),
      ...Array(6).fill(0.5),
      ...Array(6).fill(0.25),
    ]);
    expect(ended.slice(0, 2)).toEqual(['plateau', 'passes']);
  });

  it('slows down at once when a pass throws it back', () => {
    const { made } = follow(plan(), (update) => (update <= 3 ? 1 : update <= 6 ? 2 : 1 / update));
    const planned = follow(plan(), (update) => 1 / update).made;
    const factors = made.slice(0, 12).map(({ rate }, index) => rate / (planned[index]?.rate as number));
    expect(factors).toEqual([...Array(6).fill(1), ...Array(6).fill(0.5)]);
  });

  it('can do without each of its levers', () => {
    const without = (lever: ScheduleLever) => plan({ without: [lever] });
    expect(without('key_frames').map(({ id, frames }) => [id, frames.length])).toEqual([
      ['coarse', 10],
      ['fine', 10],
    ]);
    expect(without('coarse_first').map(({ id, passes }) => [id, passes])).toEqual([
      ['fine', 20],
      ['sweep', 1],
    ]);
    expect(follow(without('annealed_rate'), (update) => 1 / update).made[0]?.rate).toBe(1);
    expect(follow(without('early_stop'), () => 1, 0.05).ended).toEqual(['passes', 'passes', 'passes']);
  });

  it('ends a stage when the faces are close enough, but never the sweep', () => {
    const { made, ended } = follow(plan(), (update) => 1 / update, 0.05);
    expect(made.filter(({ stage }) => stage === 'coarse')).toHaveLength(3);
    expect(made.filter(({ stage }) => stage === 'sweep')).toHaveLength(10);
    expect(ended).toEqual(['likeness', 'likeness', 'passes']);
    expect(follow(plan({ likeEnough: 0 }), (update) => 1 / update, 0.05).ended[0]).toBe('passes');
  });

  it('has no coarse stage where there is none, and no sweep where all frames are key frames', () => {
    expect(plan({ coarse: false }).map(({ id }) => id)).toEqual(['fine', 'sweep']);
    expect(plan({ frames: 2, keyFrames: [0, 1] }).map(({ id }) => id)).toEqual(['coarse', 'fine']);
    expect(plan({ passes: 1 }).map(({ id }) => id)).toEqual(['fine', 'sweep']);
  });
});

it('refuses what makes no schedule', () => {
  expect(() => plan({ frames: 0 })).toThrow(UsageError);
  expect(() => plan({ passes: 0 })).toThrow(UsageError);
  expect(() => plan({ keyFrames: [] })).toThrow(/key frames/);
  expect(() => plan({ keyFrames: [10] })).toThrow(/key frames/);
});
