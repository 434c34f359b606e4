import { describe, expect, it } from 'vitest';
import { columnsOf, plainValue, rowsOf, wordsOf } from '../../../../src/renderer/views/dialogs/report-values.ts';

describe('values of a report', () => {
  it('turns keys into words', () => {
    expect(['selfTest', 'self_test', 'free-memory', 'id'].map(wordsOf)).toEqual([
      'Self Test',
      'Self test',
      'Free memory',
      'Id',
    ]);
  });

  it('writes every value so that a person can read it', () => {
    expect([true, false, null, undefined, '', 3, 'text', [], ['a', 1]].map(plainValue)).toEqual([
      'Yes',
      'No',
      'None',
      'None',
      'None',
      '3',
      'text',
      'None',
      'a, 1',
    ]);
  });

  it('takes lists of records as tables, with every column once', () => {
    const rows = rowsOf([
      { id: 'cpu', ok: true },
      { id: 'cuda', reason: 'no driver' },
    ]);
    expect(rows && columnsOf(rows)).toEqual(['id', 'ok', 'reason']);
    expect(rowsOf([])).toBeNull();
    expect(rowsOf(['a', { id: 1 }])).toBeNull();
  });
});
