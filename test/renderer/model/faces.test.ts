import { describe, expect, it } from 'vitest';
import type { Face, Warning } from '#shared/contract.ts';
import {
  gravest,
  isBlocked,
  mainFace,
  matchFaces,
  readingOrder,
  sortedWarnings,
} from '../../../src/renderer/model/faces.ts';

const warning = (rule: string, severity: Warning['severity']): Warning => ({ rule, severity, message: `${rule}.` });

function face(index: number, box: Face['box'], warnings: Warning[] = []): Face {
  return {
    index,
    box,
    score: 0.9,
    yaw: 0,
    pitch: 0,
    roll: 0,
    landmarks68: Array.from({ length: 68 }, () => [0, 0] as [number, number]),
    warnings,
  };
}

describe('faces', () => {
  it('takes the largest face that nothing blocks as the main one', () => {
    const faces = [
      face(0, [0, 0, 100, 100], [warning('covered', 'blocks')]),
      face(1, [200, 0, 50, 60]),
      face(2, [300, 0, 60, 70], [warning('yaw', 'degrades')]),
    ];
    expect(mainFace(faces)).toBe(2);
  });

  it('falls back to the largest when all are blocked, and to none without faces', () => {
    const blocked = [warning('covered', 'blocks')];
    expect(mainFace([face(0, [0, 0, 10, 10], blocked), face(1, [0, 0, 20, 20], blocked)])).toBe(1);
    expect(mainFace([])).toBeNull();
    expect(isBlocked(face(0, [0, 0, 1, 1], blocked))).toBe(true);
  });

  it('reads faces row by row, from the left', () => {
    const faces = [
      face(0, [500, 20, 80, 80]),
      face(1, [100, 200, 80, 80]),
      face(2, [20, 10, 80, 80]),
      face(3, [300, 35, 80, 80]),
      face(4, [10, 230, 80, 80]),
    ];
    expect(readingOrder(faces)).toEqual([2, 3, 0, 4, 1]);
  });

  it('finds faces of a first search again in a second one', () => {
    const before = [face(0, [100, 100, 80, 80]), face(1, [400, 100, 80, 80]), face(2, [700, 100, 20, 20])];
    const after = [face(0, [395, 104, 82, 80]), face(1, [10, 10, 30, 30]), face(2, [103, 98, 80, 84])];
    expect([...matchFaces(before, after)]).toEqual([
      [0, 2],
      [1, 0],
    ]);
  });

  it('names each rule once, the gravest first', () => {
    const merged = sortedWarnings(
      [warning('yaw', 'info'), warning('small-face', 'degrades')],
      [warning('yaw', 'degrades'), warning('covered', 'blocks')],
    );
    expect(merged.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['covered', 'blocks'],
      ['yaw', 'degrades'],
      ['small-face', 'degrades'],
    ]);
    expect(gravest(merged)).toBe('blocks');
    expect(gravest([])).toBeNull();
  });
});
