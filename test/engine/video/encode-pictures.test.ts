import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CancelledError, StorageError } from '#engine/errors.ts';
import { encodePictures, TIMES_FILE } from '#engine/video/encode-pictures.ts';
import { ffmpeg } from '#test/support/video-clips.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-pictures-'));
});
afterAll(() => rm(folder, { recursive: true }));

const format = { width: 5, height: 3, timeBase: { num: 1, den: 1000 }, rate: { num: 25, den: 1 } };
const pixels = (seed: number): Uint8Array => Uint8Array.from({ length: 45 }, (_, i) => (i * 37 + seed * 11) % 256);
const frames = [0, 40, 1000].map((pts, i) => ({ pts: pts + 7, duration: 40, pixels: pixels(i) }));

test('one exact picture a frame, and their times', async () => {
  const result = path.join(folder, '100 %d frames');
  expect(await encodePictures(result, frames, format)).toBe(3);
  expect((await readdir(result)).sort()).toEqual([
    'frame_000001.png',
    'frame_000002.png',
    'frame_000003.png',
    TIMES_FILE,
  ]);
  expect(await readFile(path.join(result, TIMES_FILE), 'utf8')).toBe(
    '# timestamp format v2\n0.000000\n40.000000\n1000.000000\n',
  );
  await ffmpeg(result, '-i', 'frame_000003.png', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'raw');
  expect(new Uint8Array(await readFile(path.join(result, 'raw')))).toEqual(pixels(2));
  await expect(encodePictures(result, frames, format)).rejects.toBeInstanceOf(StorageError);
});

test('nothing is left of a cancelled folder', async () => {
  const controller = new AbortController();
  async function* endless() {
    for (let pts = 0; ; pts += 40) {
      if (pts === 200) controller.abort();
      yield { pts, duration: 40, pixels: pixels(0) };
    }
  }
  const before = await readdir(folder);
  const writing = encodePictures(path.join(folder, 'cancelled'), endless(), format, controller.signal);
  await expect(writing).rejects.toBeInstanceOf(CancelledError);
  expect(await readdir(folder)).toEqual(before);
});
