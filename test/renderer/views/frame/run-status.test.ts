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
import { type FacesFound, statusLine } from '../../../../src/renderer/views/frame/run-status.ts';

const idle: RunState = { phase: 'idle', progress: null, error: null, result: null, full: null, live: true };
const empty = emptyDocument(DEFAULT_SWAP_SETTINGS);
const sourced = withSource(empty, 'p1', 0, null);
const doc = withTarget(sourced, 'p2', 0, { photo: 'p1', face: 0 });

const found: FacesFound = { target: true, sources: true };
const lineOf = (run: RunState, of: typeof doc, faces = found): string => statusLine(run, of, faces);

const finished = (cached: number): RunState => ({
  ...idle,
  result: {
    generation: 1,
    target: 'p2',
    of: fingerprint(doc),
    swap: {
      result: resultIdSchema.parse('result_00000000'),
      engine: 'classic',
      draft: false,
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
    expect(lineOf(idle, empty)).toBe('Add a source and a target');
    expect(lineOf(idle, withTarget(sourced, 'p2', null, null))).toBe('Choose a source face for a target face');
    expect(lineOf(idle, doc)).toBe('Ready');
    expect(lineOf(idle, doc, { ...found, target: false })).toBe('No face was found in the target photo');
    expect(lineOf(idle, doc, { ...found, sources: false })).toBe('No face was found in the source photo');
    expect(lineOf(idle, empty, { target: null, sources: null })).toBe('Add a source and a target');
  });

  it('names the stage, and the face when there are several', () => {
    const progress = { type: 'progress', face: 1, faces: 3, stage: 'recolor', fraction: 0.456 } as const;
    expect(lineOf({ ...idle, phase: 'running' }, doc)).toBe('Starting the swap …');
    expect(lineOf({ ...idle, phase: 'running', progress }, doc)).toBe('Recolour, face 2 of 3 · 46 %');
    expect(lineOf({ ...idle, phase: 'running', progress: { ...progress, face: 0, faces: 1 } }, doc)).toBe(
      'Recolour · 46 %',
    );
  });

  it('tells how long the last run took, and when it no longer fits', () => {
    expect(lineOf(finished(0), doc)).toBe('1.2 s · 4 stages computed');
    expect(lineOf(finished(3), doc)).toBe('1.2 s · 3 of 4 stages reused');
    expect(lineOf(finished(0), withSettings(doc, { amount: 0.5 }))).toBe('Settings changed since this result');
  });
});
