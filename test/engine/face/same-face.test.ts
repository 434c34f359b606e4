import { describe, expect, test } from 'vitest';
import { faceAt } from '#engine/face/same-face.ts';

const faces = [
  { name: 'left', box: [10, 10, 100, 120] },
  { name: 'right', box: [160, 10, 90, 110] },
  { name: 'small', box: [120, 200, 30, 36] },
] as const;

describe('a face', () => {
  test('is known by its place, whatever its number and however it was found', () => {
    expect(faceAt(faces, [14, 6, 104, 118])?.name).toBe('left');
    expect(faceAt(faces.toReversed(), [14, 6, 104, 118])?.name).toBe('left');
    expect(faceAt(faces, [118, 203, 34, 34])?.name).toBe('small');
  });

  test('that is not there is nobody else', () => {
    expect(faceAt(faces, [300, 300, 50, 50])).toBeUndefined();
    expect(faceAt(faces, [80, 60, 60, 60])).toBeUndefined();
    expect(faceAt([], [10, 10, 100, 120])).toBeUndefined();
  });
});
