import { describe, expect, it } from 'vitest';
import { resultIdSchema } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import {
  emptyDocument,
  fingerprint,
  withSettings,
  withSource,
  withTarget,
} from '../../../../src/renderer/model/document.ts';
import type { RunState } from '../../../../src/renderer/state/run.ts';
import { statusLine } from '../../../../src/renderer/views/frame/run-status.ts';

const idle: RunState = { phase: 'idle', progress: null, error: null, result: null, live: true };
const empty = emptyDocument(DEFAULT_SWAP_SETTINGS);
const sourced = withSource(empty, 'p1', 0, null);
const doc = withTarget(sourced, 'p2', 0, { photo: 'p1', face: 0 });

const finished = (cached: number): RunState => ({
  ...idle,
  result: {
    generation: 1,
    target: 'p2',
    of: fingerprint(doc),
    swap: {
      result: resultIdSchema.parse('result_00000000'),
      engine: 'classic',
      width: 1,
      height: 1,
      faces: [],
      milliseconds: 1234,
      times: [0, 1, 2, 3].map((i) => ({ stage: 'align' as const, ms: 1, cached: i < cached })),
    },
  },
});

describe('the status line', () => {
  it('says what is missing before there is anything to swap', () => {
    expect(statusLine(idle, empty)).toBe('Add a source and a target');
    expect(statusLine(idle, withTarget(sourced, 'p2', null, null))).toBe('Choose a source face for a target face');
    expect(statusLine(idle, doc)).toBe('Ready');
  });

  it('names the stage, and the face when there are several', () => {
    const progress = { type: 'progress', face: 1, faces: 3, stage: 'recolor', fraction: 0.456 } as const;
    expect(statusLine({ ...idle, phase: 'running' }, doc)).toBe('Starting the swap …');
    expect(statusLine({ ...idle, phase: 'running', progress }, doc)).toBe('Recolour, face 2 of 3 · 46 %');
    expect(statusLine({ ...idle, phase: 'running', progress: { ...progress, face: 0, faces: 1 } }, doc)).toBe(
      'Recolour · 46 %',
    );
  });

  it('tells how long the last run took, and when it no longer fits', () => {
    expect(statusLine(finished(0), doc)).toBe('1.2 s · 4 stages computed');
    expect(statusLine(finished(3), doc)).toBe('1.2 s · 3 of 4 stages reused');
    expect(statusLine(finished(0), withSettings(doc, { amount: 0.5 }))).toBe('Settings changed since this result');
  });
});
