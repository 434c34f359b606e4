import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { photoOptions, type SwapArguments } from '#main/cli/swap/arguments.ts';
import { describeTuning, parseNumber, tuningSettings } from '#main/cli/video/tuning.ts';

describe('the options of tuning', () => {
  it('are off by default and have the defaults of the window', async () => {
    const fields = { ptiSteps: 80, ptiLearningRate: 1e-3, recolorLambda: 5, ptiResume: null };
    expect(await tuningSettings({})).toEqual({ pti: false, ...fields });
    expect(await tuningSettings({ pti: true })).toEqual({ pti: true, ...fields });
    expect(await tuningSettings({ pti: true, ptiSteps: 12, ptiLr: 0.01, recolorLambda: 0 })).toEqual({
      ...{ pti: true, ptiSteps: 12, ptiLearningRate: 0.01, recolorLambda: 0, ptiResume: null },
    });
  });

  it('refuse what does nothing', async () => {
    await expect(tuningSettings({ ptiSteps: 10 })).rejects.toThrow(/--pti-steps is for tuning/);
    await expect(tuningSettings({ pti: true, ptiSteps: 0 })).rejects.toThrow(/only loaded, and none are given/);
    const photo = { target: 'a.jpg', out: 'b.png', pti: true } as unknown as SwapArguments;
    expect(() => photoOptions(photo)).toThrow(UsageError);
    expect(() => photoOptions(photo)).toThrow(/--pti is for videos/);
  });

  it.each([
    ['0.001', 0.001],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['5', 5],
  ])('take %s as a number', (text, value) => {
    expect(parseNumber(0, 10)(text)).toBe(value);
  });

  it.each(['', 'x', '-1', '11', '1e9', 'NaN', '0x1'])('take "%s" for none', (text) => {
    expect(() => parseNumber(0, 10)(text)).toThrow(/from 0 to 10/);
  });
});

describe('progress of a tuning', () => {
  it('has every term of the loss', () => {
    const losses = { loss: 0.5, 'driven.mse': 0.1, 'recolored.lpips': 0.2 };
    const update = { type: 'update', update: 3, frame: 7, losses, stage: 'fine', total: 40 } as const;
    const { label, detail } = describeTuning({ ...update, updatesPerSecond: 0.3333333, secondsLeft: 111.04 });
    expect(label).toBe('Tuning 3/40, loss 0.5000');
    expect(detail).toEqual({
      ...{ tuning: 'update', stage: 'fine', update: 3, total: 40, frame: 7, losses },
      updates_per_second: 0.333,
      seconds_left: 111,
    });
    expect(describeTuning({ type: 'saved', update: 25 }).detail).toEqual({ tuning: 'saved', update: 25 });
    expect(describeTuning({ type: 'prepare', stage: 'coarse', done: 1, total: 13 }).label).toBe(
      'Preparing coarse 1/13',
    );
  });
});
