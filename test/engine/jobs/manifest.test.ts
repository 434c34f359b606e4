import { expect, test } from 'vitest';
import { JOB_VERSION, manifestSchema, migrateManifest } from '#engine/jobs/manifest.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';

const HASH = 'a'.repeat(64);

/** As version 1 wrote it. */
const FIRST = {
  version: 1,
  id: 'job_0mwrqboqbtkpygm',
  created: '2026-01-01T00:00:00.000Z',
  target: { path: '/clips/film.mp4', name: 'film.mp4', bytes: 1000, modifiedMs: 1, sha256: HASH },
  clip: { width: 64, height: 48, frames: 100, timeBase: { num: 1, den: 90 }, rate: { num: 25, den: 1 }, seconds: 2 },
  trim: { in: { frame: 10 }, out: { seconds: 2.4 } },
  first: 10,
  end: 60,
  partFrames: 75,
  decodedTimes: false,
  stopAfter: 'analyse',
  sources: [{ file: HASH, name: 'anna.jpg', sha256: HASH, face: 1, goal: { track: 0 } }],
  settings: {
    swap: DEFAULT_SWAP_SETTINGS,
    video: DEFAULT_VIDEO_SETTINGS,
    encoder: { codec: 'h264', quality: 80, preset: 'fast' },
    output: 'video',
  },
  madeWith: { 'the studio': '1.0.0, jobs 1' },
  notices: [],
  forecastBytes: 1000,
};

test('a manifest of the first version looked for people in what it wanted', () => {
  const now = manifestSchema.parse(migrateManifest(FIRST));
  expect(now).toEqual({ ...FIRST, version: 2, looked: { first: 10, end: 60 } });
  expect(JOB_VERSION).toBe(2);
  expect(migrateManifest(now)).toBe(now);
});

test('what is no manifest, or of a later version, stays what it is and is refused', () => {
  for (const document of [null, 'text', [], {}, { ...FIRST, version: 3 }, { ...FIRST, first: 'ten' }]) {
    expect(migrateManifest(document)).toEqual(document);
    expect(manifestSchema.safeParse(migrateManifest(document)).success).toBe(false);
  }
});
