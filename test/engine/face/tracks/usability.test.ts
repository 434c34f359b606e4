import { expect, it } from 'vitest';
import { type FaceMeasures, reasonToSkip } from '#engine/face/tracks/usability.ts';

const GOOD: FaceMeasures = { yaw: 10, size: 200, sharpness: 0.5, hidden: 0, presence: 1, likeness: 0.9 };

it.each([
  [{}, undefined],
  [{ yaw: 44 }, undefined],
  [{ yaw: 46 }, 'profile'],
  [{ size: 41 }, undefined],
  [{ size: 39 }, 'too-small'],
  [{ sharpness: 0.1 }, 'blurred'],
  [{ hidden: 0.2 }, 'covered'],
  [{ presence: 0.5 }, 'covered'],
  [{ likeness: 0.3 }, 'covered'],
  [{ hidden: 0.2, size: 10 }, 'covered'],
  [{ size: 10, sharpness: 0.05 }, 'too-small'],
] as const)('a face with %o: %s', (measures, reason) => {
  expect(reasonToSkip({ ...GOOD, ...measures })).toBe(reason);
});
