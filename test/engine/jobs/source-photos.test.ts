import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DetectedFace } from '#engine/face/faces.ts';
import { openSourcePhoto, openSourcePhotos } from '#engine/jobs/source-photos.ts';
import type { FaceBox } from '#shared/jobs.ts';
import { rejection } from '#test/support/rejection.ts';

const found = (box: FaceBox): DetectedFace => ({
  ...{ box, score: 1, presence: 1, pose: { yaw: 0, pitch: 0, roll: 0 } },
  ...{ landmarks: new Float32Array(0), landmarks68: new Float32Array(0) },
});
const PLAIN: FaceBox = [10, 10, 40, 50];
const HIDDEN: FaceBox = [70, 20, 20, 24];

/** A quick search finds one face; a thorough one finds another before it. */
const analyser = {
  searches: [] as boolean[],
  async detect(_image: unknown, { thorough = false }: { readonly thorough?: boolean | undefined } = {}) {
    analyser.searches.push(thorough);
    return (thorough ? [HIDDEN, PLAIN] : [PLAIN]).map(found);
  },
};

let folder: string;
let photo: { path: string; name: string };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-sources-'));
  photo = { path: path.join(folder, 'photo.png'), name: 'photo.png' };
  await sharp({ create: { width: 100, height: 80, channels: 3, background: '#777' } }).toFile(photo.path);
});
afterAll(() => rm(folder, { recursive: true }));

test('a face is found where it was chosen, whatever its number is in another search', async () => {
  const box: FaceBox = [12, 9, 40, 50];
  expect((await openSourcePhoto(analyser, { ...photo, face: 1, box })).face.box).toEqual(PLAIN);
  analyser.searches.length = 0;
  expect((await openSourcePhoto(analyser, { ...photo, face: 0, box: HIDDEN })).face.box).toEqual(HIDDEN);
  expect(analyser.searches).toEqual([false, true]);
});

test('without a place its number counts, and a face that is not there is refused', async () => {
  expect((await openSourcePhoto(analyser, { ...photo, face: 'largest' })).face.box).toEqual(PLAIN);
  expect(await rejection(openSourcePhoto(analyser, { ...photo, face: 1 }))).toMatchObject({ kind: 'no-face' });
  const gone = openSourcePhoto(analyser, { ...photo, face: 0, box: [0, 60, 10, 10] });
  expect(await rejection(gone)).toMatchObject({ kind: 'no-face', file: 'photo.png' });
});

test('each photo is opened once', async () => {
  const [one, other] = [
    { ...photo, face: 0, box: PLAIN },
    { ...photo, face: 1, box: HIDDEN },
  ];
  analyser.searches.length = 0;
  const opened = await openSourcePhotos(
    analyser,
    new Map([
      [0, one],
      [1, other],
      [2, one],
    ]),
  );
  expect([...opened.values()].map(({ face }) => face.box)).toEqual([PLAIN, HIDDEN, PLAIN]);
  expect(opened.get(0)).toBe(opened.get(2));
  expect(analyser.searches).toEqual([false, false, true]);
});
