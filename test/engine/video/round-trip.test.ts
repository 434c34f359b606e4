import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVideo } from '#engine/video/open-video.ts';
import { CLIPS, makeClip, x264 } from '#test/support/clip-table.ts';
import {
  copyVideo,
  ffmpeg,
  frameDigests,
  largestGap,
  packetsOf,
  secondsOf,
  testPicture,
  tone,
} from '#test/support/video-clips.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s video-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** One step of Matroska's clock, and what adding up in binary fractions costs. */
const MILLISECOND = 0.001 + 1e-9;

describe.each(Object.entries(CLIPS))('%s', (name, { frames }) => {
  test('every frame comes back bit for bit at its time', async () => {
    const source = await openVideo(await makeClip(folder, name));
    const result = path.join(folder, `${name} result.mp4`);
    await copyVideo(source, result, { partFrames: 7 });
    const copy = await openVideo(result);

    expect(source.times.pts).toHaveLength(frames);
    expect(largestGap(secondsOf(copy), secondsOf(source))).toBeLessThan(MILLISECOND);
    expect(await frameDigests(copy.info)).toEqual(await frameDigests(source.info));
    const { width, height, sampleAspect } = source.info.video;
    expect(copy.info.video).toMatchObject({ width, height, sampleAspect, orientation: 'upright' });
    for (const [i, track] of source.info.audio.entries()) {
      const [before, after] = await Promise.all([
        packetsOf(source.info, track.index),
        packetsOf(copy.info, copy.info.audio[i]?.index ?? -1),
      ]);
      expect(after.digests).toHaveLength(before.digests.length);
      expect(largestGap(after.seconds, before.seconds)).toBeLessThan(0.02);
    }
  });
});

test('all tracks, chapters and metadata come along, packets bit for bit', async () => {
  await writeFile(path.join(folder, 'words.srt'), '1\n00:00:00,200 --> 00:00:00,900\nHello\n');
  await writeFile(path.join(folder, 'font.ttf'), 'no real font');
  await writeFile(
    path.join(folder, 'chapters.txt'),
    ';FFMETADATA1\ntitle=A clip\n' +
      '[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n',
  );
  const inputs = [...testPicture('160x120', '25', 1), ...tone(440, 1), ...tone(880, 1)];
  const maps = ['-i', 'words.srt', '-i', 'chapters.txt', '-map', '0', '-map', '1', '-map', '2', '-map', '3'];
  const texts = ['-map_metadata', '4', '-metadata:s:a:1', 'language=fra', '-metadata:s:s:0', 'language=deu'];
  const sound = ['-c:a:0', 'aac', '-c:a:1', 'ac3'];
  await ffmpeg(folder, ...inputs, ...maps, ...texts, ...x264, ...sound, '-c:s', 'mov_text', 'tracks.mp4');
  const attach = ['-attach', 'font.ttf', '-metadata:s:t', 'mimetype=application/x-truetype-font'];
  await ffmpeg(folder, ...inputs, ...maps, ...texts, ...x264, ...sound, '-c:s', 'ass', ...attach, 'tracks.mkv');

  for (const ending of ['mp4', 'mkv']) {
    const source = await openVideo(path.join(folder, `tracks.${ending}`));
    const result = path.join(folder, `all.${ending}`);
    expect(await copyVideo(source, result)).toEqual([]);
    const copy = await openVideo(result);
    expect(largestGap(secondsOf(copy), secondsOf(source))).toBeLessThan(MILLISECOND);
    for (const kind of ['audio', 'subtitles', 'attachments'] as const) {
      const names = (tracks: typeof source) => tracks.info[kind].map(({ codec, language }) => [codec, language]);
      expect(names(copy)).toEqual(names(source));
    }
    expect(copy.info.chapters).toEqual(source.info.chapters);
    expect(copy.info.chapters).toHaveLength(2);
    expect(copy.info.tags['title']).toBe('A clip');
    const tracks = [...source.info.audio, ...source.info.subtitles];
    const copies = [...copy.info.audio, ...copy.info.subtitles];
    for (const [i, track] of tracks.entries()) {
      const before = await packetsOf(source.info, track.index);
      const after = await packetsOf(copy.info, copies[i]?.index ?? -1);
      expect(after.digests).toEqual(before.digests);
      expect(largestGap(after.seconds, before.seconds)).toBeLessThan(0.02);
    }
  }

  const source = await openVideo(path.join(folder, 'tracks.mkv'));
  expect(await copyVideo(source, path.join(folder, 'fewer.mp4'))).toEqual([
    'Subtitle track deu (ass) is written as timed text; its styles may change.',
    'MP4 cannot hold attached files; 1 are left out.',
  ]);
  expect((await openVideo(path.join(folder, 'fewer.mp4'))).info).toMatchObject({
    subtitles: [{ codec: 'mov_text' }],
    attachments: [],
  });
});

test('a range takes the sound of that range', async () => {
  const args = [...testPicture('160x120', '25', 2), ...tone(440, 2), ...x264, '-g', '10', '-c:a', 'aac'];
  await ffmpeg(folder, ...args, 'long.mp4');
  const source = await openVideo(path.join(folder, 'long.mp4'));
  const result = path.join(folder, 'range.mp4');
  await copyVideo(source, result, { range: [13, 38] });
  const copy = await openVideo(result);
  expect(copy.times.pts).toHaveLength(25);
  expect(await frameDigests(copy.info)).toEqual((await frameDigests(source.info)).slice(13, 38));
  const before = await packetsOf(source.info, 1);
  const after = await packetsOf(copy.info, 1);
  // Whole packets of 23 ms, each as far from its frame as before.
  const shift = before.digests.indexOf(after.digests[0] ?? '');
  expect(before.digests.slice(shift, shift + after.digests.length)).toEqual(after.digests);
  expect(Math.abs((before.seconds[shift] ?? 0) - (after.seconds[0] ?? 0) - 13 / 25)).toBeLessThan(0.002);
  expect(after.digests.length * (1024 / 44_100)).toBeCloseTo(1, 1);
});

test('nothing but results and parts is left in the folder', async () => {
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

const DATA = path.resolve('../shared/data');
test.skipIf(!existsSync(DATA)).each(['clip_talk_man_audio.mp4', 'clip_two_faces_silent.mp4'])('%s', async (name) => {
  const source = await openVideo(path.join(DATA, name));
  const result = path.join(folder, name);
  await copyVideo(source, result, { partFrames: 200 });
  const copy = await openVideo(result);
  expect(largestGap(secondsOf(copy), secondsOf(source))).toBeLessThan(MILLISECOND);
  expect(await frameDigests(copy.info)).toEqual(await frameDigests(source.info));
  for (const { index } of source.info.audio) {
    expect((await packetsOf(copy.info, index)).digests).toEqual((await packetsOf(source.info, index)).digests);
  }
});
