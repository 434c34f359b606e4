import { describe, expect, it } from 'vitest';
import { type Face, fileHandleSchema, photoIdSchema, resultIdSchema, type Warning } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { emptyDocument } from '../../../../src/renderer/model/document.ts';
import type { PhotoKey } from '../../../../src/renderer/model/source-face.ts';
import type { Photo } from '../../../../src/renderer/state/photos.ts';
import type { FinishedRun } from '../../../../src/renderer/state/run.ts';
import { remarksOf } from '../../../../src/renderer/views/settings/remarks.ts';

const warning = (rule: string, severity: Warning['severity'], message = `${rule}.`): Warning => ({
  rule,
  severity,
  message,
});

function photo(key: PhotoKey, warnings: readonly Warning[][]): Photo {
  const faces = warnings.map(
    (list, index): Face => ({
      index,
      box: [index * 100, 0, 50, 50],
      score: 1,
      yaw: 0,
      pitch: 0,
      roll: 0,
      landmarks68: Array.from({ length: 68 }, () => [0, 0] as [number, number]),
      warnings: [...list],
    }),
  );
  const id = photoIdSchema.parse(`photo_${key.padEnd(8, '0')}`);
  return {
    key,
    id,
    file: fileHandleSchema.parse('file_00000000'),
    name: `${key}.png`,
    thorough: false,
    problem: null,
    info: {
      photo: id,
      name: `${key}.png`,
      width: 500,
      height: 100,
      format: 'png',
      grey: false,
      hasAlpha: false,
      bitDepth: 8,
      notices: [],
      faces,
    },
  };
}

const byKey = {
  p1: photo('p1', [[warning('source-glasses', 'degrades')]]),
  p2: photo('p2', [[warning('small-face', 'degrades'), warning('several-faces', 'info')], [warning('yaw', 'blocks')]]),
};
const doc = {
  ...emptyDocument(DEFAULT_SWAP_SETTINGS),
  target: 'p2' as const,
  sources: ['p1' as const],
  assignments: { 0: { photo: 'p1' as const, face: 0 } },
};

const run: FinishedRun = {
  generation: 1,
  target: 'p2',
  of: '',
  swap: {
    result: resultIdSchema.parse('result_00000000'),
    engine: 'classic',
    draft: false,
    width: 1,
    height: 1,
    times: [],
    milliseconds: 1,
    faces: [
      {
        targetFace: 0,
        stages: [],
        touched: [0, 0, 1, 1],
        warnings: [warning('pose', 'info'), warning('again', 'info', 'small-face.')],
      },
    ],
  },
};

describe('remarks', () => {
  it('speak of the face, its source and the pair, each sentence once', () => {
    expect(remarksOf(doc, byKey, run, 0).map(({ about, message }) => [about, message])).toEqual([
      ['Target face 1', 'small-face.'],
      ['Face 1 of p1.png', 'source-glasses.'],
      ['This pair', 'pose.'],
    ]);
  });

  it('leave out the source and the pair for a face that keeps its own', () => {
    expect(remarksOf(doc, byKey, run, 1).map(({ severity, message }) => [severity, message])).toEqual([
      ['blocks', 'yaw.'],
    ]);
  });

  it('do not hold a result of another target against this one', () => {
    expect(remarksOf(doc, byKey, { ...run, target: 'p1' }, 0).map(({ about }) => about)).not.toContain('This pair');
    expect(remarksOf({ ...doc, target: null }, byKey, run, 0)).toEqual([]);
  });
});
