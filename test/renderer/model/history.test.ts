import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as history from '../../../src/renderer/model/history.ts';

type Step = { kind: 'record'; value: number } | { kind: 'undo' } | { kind: 'redo' };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('record' as const), value: fc.integer() }),
    fc.record({ kind: fc.constant('undo' as const) }),
    fc.record({ kind: fc.constant('redo' as const) }),
  ),
);

const apply = (state: history.History<number>, step: Step): history.History<number> => {
  if (step.kind === 'record') return history.record(state, step.value, 0);
  return step.kind === 'undo' ? history.undo(state) : history.redo(state);
};

describe('history', () => {
  it('takes every step back and brings every step again, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        let state = history.startHistory<number | string>('start');
        for (const value of values) state = history.record(state, value, 0);
        const end = state.present;
        const length = state.past.length;
        for (let i = 0; i < length; i++) state = history.undo(state);
        expect(state.present).toBe('start');
        expect(history.canUndo(state)).toBe(false);
        for (let i = 0; i < length; i++) state = history.redo(state);
        expect(state.present).toBe(end);
        expect(history.canRedo(state)).toBe(false);
      }),
    );
  });

  it('never loses the line of documents between undo and redo', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let state = history.startHistory(0);
        for (const step of list) {
          const line = [...state.past, state.present, ...state.future];
          state = apply(state, step);
          if (step.kind !== 'record') expect([...state.past, state.present, ...state.future]).toEqual(line);
        }
      }),
    );
  });

  it('merges the steps of one gesture, and only those', () => {
    let state = history.startHistory('a');
    state = history.record(state, 'b', 1000, 'amount');
    state = history.record(state, 'c', 1000 + history.GESTURE_GAP_MS, 'amount');
    expect(state.past).toEqual(['a']);
    state = history.record(state, 'd', 1000 + 2 * history.GESTURE_GAP_MS + 1, 'amount');
    expect(state.past).toEqual(['a', 'c']);
    state = history.record(state, 'e', 1000 + 2 * history.GESTURE_GAP_MS + 2, 'recolor');
    expect(state.past).toEqual(['a', 'c', 'd']);
    state = history.record(state, 'f', 1000 + 2 * history.GESTURE_GAP_MS + 3);
    expect(history.undo(state).present).toBe('e');
  });

  it('starts a new step after an undo, even inside a gesture', () => {
    let state = history.record(history.startHistory('a'), 'b', 0, 'amount');
    state = history.record(history.undo(state), 'c', 1, 'amount');
    expect(history.undo(state).present).toBe('a');
    expect(state.future).toEqual([]);
  });

  it('ignores a step to the same document and amends without a step', () => {
    const state = history.record(history.startHistory('a'), 'b', 0);
    expect(history.record(state, 'b', 1)).toBe(state);
    expect(history.undo(history.amend(state, 'x')).present).toBe('a');
  });
});
