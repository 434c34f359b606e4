import { describe, expect, it } from 'vitest';
import type { ModelsState } from '#shared/contract-models.ts';
import { DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';
import { jobVideoSettings, tuningObstacle } from '../../../src/renderer/model/tuning.ts';

const models = (rgi: boolean, missing: readonly string[] = []): ModelsState => ({
  packs: [],
  features: [
    {
      id: 'tuning',
      title: 'Tuning',
      works: missing.length === 0,
      missing: [...missing],
      oneIsEnough: false,
      better: [],
    },
  ],
  engines: [
    { id: 'classic', ready: true, reason: null, lacks: [] },
    { id: 'rgi', ready: rgi, reason: rgi ? null : 'Packs are missing.', lacks: [] },
  ],
});

const wanted = { ...DEFAULT_VIDEO_SETTINGS, pti: true };

describe('what stands in the way of tuning', () => {
  it('is nothing with the rgi engine and all packs', () => {
    expect(tuningObstacle('auto', models(true))).toBeNull();
    expect(tuningObstacle('rgi', models(true))).toBeNull();
  });

  it('is an engine that has nothing to tune', () => {
    expect(tuningObstacle('classic', models(true))).toEqual({ kind: 'classic' });
    expect(tuningObstacle('classic', models(false))).toEqual({ kind: 'classic' });
  });

  it('is an engine that cannot run, with its reason', () => {
    expect(tuningObstacle('auto', models(false))).toEqual({ kind: 'engine', reason: 'Packs are missing.' });
  });

  it('is the packs of the losses, by name', () => {
    expect(tuningObstacle('auto', models(true, ['arcface']))).toEqual({ kind: 'losses', packs: ['arcface'] });
  });

  it('is unknown before the models were told', () => {
    expect(tuningObstacle('auto', null)).toBeNull();
  });
});

describe('the settings of a job', () => {
  it('are those of the fields where tuning works', () => {
    expect(jobVideoSettings(wanted, null)).toBe(wanted);
  });

  it('leave tuning out where the engine has none, and keep the rest', () => {
    expect(jobVideoSettings(wanted, { kind: 'classic' })).toEqual({ ...wanted, pti: false });
    const off = { ...wanted, pti: false };
    expect(jobVideoSettings(off, { kind: 'classic' })).toBe(off);
  });

  it('only load weights that were tuned before where the losses are missing', () => {
    const losses = { kind: 'losses', packs: ['arcface'] } as const;
    expect(jobVideoSettings(wanted, losses)).toEqual({ ...wanted, pti: false });
    const resumed = { ...wanted, ptiResume: 'a1b2c3d4' };
    expect(jobVideoSettings(resumed, losses)).toEqual({ ...resumed, ptiSteps: 0 });
  });
});
