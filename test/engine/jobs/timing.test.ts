/** Every frame at its time with all tracks, through a whole job, on clips that are difficult. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFrames } from '#engine/video/decode.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import type { JobInfo } from '#shared/jobs.ts';
import { CLIPS, makeClip, x264 } from '#test/support/clip-table.ts';
import { type FaceScript, type FakeEngineOptions, invert } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, largestGap, packetsOf, secondsOf, testPicture, tone } from '#test/support/video-clips.ts';

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** One step of Matroska's clock, and what adding up in binary fractions costs. */
const MILLISECOND = 0.001 + 1e-9;
const BOX = [8, 8, 24, 24] as const;

/** A face that enters at frame 2, turns away in 4 and 5, and leaves behind 6. */
const VISITOR: FaceScript = (frame) => {
  if (frame < 2 || frame > 6) return [];
  return [{ track: 0, box: BOX, ...(frame === 4 || frame === 5 ? { skip: 'profile' as const } : {}) }];
};
const isSwapped = (frame: number): boolean => [2, 3, 6].includes(frame);

async function runJob(clip: string, out: string, options: FakeEngineOptions = { faces: VISITOR }): Promise<JobInfo> {
  const { queue } = world.fake(options);
  const { id } = await queue.add(world.request(clip, { out }));
  return queue.settled(id);
}

/** Lossless results: frames without a face are the target's, bit for bit. */
async function expectFrames(source: OpenedVideo, result: OpenedVideo, swapped = isSwapped): Promise<void> {
  const frames = decodeFrames(result.info);
  const { width, height } = source.info.video;
  let index = 0;
  for await (const { pixels, release } of decodeFrames(source.info)) {
    if (swapped(index)) invert(pixels, width, height, BOX);
    const { value } = await frames.next();
    if (!value || Buffer.compare(pixels, value.pixels) !== 0) expect.fail(`frame ${index} differs`);
    value.release();
    release();
    index += 1;
  }
  expect((await frames.next()).done).toBe(true);
}

async function expectSound(source: OpenedVideo, result: OpenedVideo): Promise<void> {
  expect(result.info.audio.map(({ codec }) => codec)).toEqual(source.info.audio.map(({ codec }) => codec));
  for (const [i, { index }] of source.info.audio.entries()) {
    const before = await packetsOf(source.info, index);
    const after = await packetsOf(result.info, result.info.audio[i]!.index);
    expect(after.digests).toEqual(before.digests);
    expect(largestGap(after.seconds, before.seconds)).toBeLessThan(0.02);
  }
}

describe.each(Object.entries(CLIPS))('%s', (name, { frames, ending }) => {
  test('every frame and every sound packet at its time', async () => {
    const clip = await makeClip(world.folder, name);
    const out = world.at(`${name} out.${ending === 'mpg' ? 'mkv' : ending}`);
    const done = await runJob(clip, out);
    expect(done.error).toBeUndefined();
    const range = Array.from({ length: frames }, (_, i) => i);
    expect(done).toMatchObject({ state: 'done', first: 0, end: frames });
    expect(done.swappedFrames).toBe(range.filter(isSwapped).length);
    const [source, result] = [await openVideo(clip), await openVideo(out)];
    expect(result.times.pts).toHaveLength(frames);
    // Matroska has no place for the length of a last frame.
    const times = ending === 'mkv' ? frames : frames + 1;
    const [made, wanted] = [result, source].map((video) => secondsOf(video).slice(0, times));
    expect(largestGap(made!, wanted!)).toBeLessThan(MILLISECOND);
    await expectFrames(source, result);
    await expectSound(source, result);
  });
});

test('frames without an exchanged face are listed with their reason', async () => {
  const clip = await makeClip(world.folder, '59.94 frames a second');
  const done = await runJob(clip, world.at('listed.mp4'));
  expect(done.skipped).toEqual([
    { from: 0, to: 1, reason: 'no-face' },
    { from: 4, to: 5, reason: 'profile' },
    { from: 7, to: 59, reason: 'no-face' },
  ]);
});

test('a turned clip comes out upright', async () => {
  const plain = world.at('plain.mp4');
  await ffmpeg(world.folder, ...testPicture('160x120', '25', 1), ...x264, plain);
  const clip = world.at('turned.mp4');
  await ffmpeg(world.folder, '-i', plain, '-c', 'copy', '-metadata:s:v:0', 'rotate=90', clip);
  const out = world.at('upright.mp4');
  expect(await runJob(clip, out)).toMatchObject({ state: 'done', width: 120, height: 160 });
  const [source, result] = [await openVideo(clip), await openVideo(out)];
  expect(result.info.video).toMatchObject({ width: 120, height: 160, orientation: 'upright' });
  expect(largestGap(secondsOf(result), secondsOf(source))).toBeLessThan(MILLISECOND);
  await expectFrames(source, result);
});

test('two sounds, subtitles and chapters come along', async () => {
  await writeFile(world.at('words.srt'), '1\n00:00:00,200 --> 00:00:00,900\nHello\n');
  await writeFile(
    world.at('chapters.txt'),
    ';FFMETADATA1\ntitle=A clip\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n' +
      '[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n',
  );
  const clip = world.at('tracks.mp4');
  await ffmpeg(
    world.folder,
    ...[...testPicture('160x120', '25', 1), ...tone(440, 1), ...tone(880, 1), '-i', 'words.srt', '-i', 'chapters.txt'],
    ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map_metadata', '4', '-metadata:s:a:1', 'language=fra'],
    ...[...x264, '-c:a:0', 'aac', '-c:a:1', 'ac3', '-c:s', 'mov_text', clip],
  );
  const out = world.at('tracks out.mp4');
  expect(await runJob(clip, out)).toMatchObject({ state: 'done', notices: [] });
  const [source, result] = [await openVideo(clip), await openVideo(out)];
  await expectSound(source, result);
  expect(result.info.audio.map(({ language }) => language)).toEqual(source.info.audio.map(({ language }) => language));
  expect(result.info.subtitles).toHaveLength(1);
  const words = await Promise.all([source, result].map(({ info }) => packetsOf(info, info.subtitles[0]!.index)));
  expect(words[1]).toEqual(words[0]);
  expect(result.info.chapters).toEqual(source.info.chapters);
  expect(result.info.tags['title']).toBe('A clip');
  expect(largestGap(secondsOf(result), secondsOf(source))).toBeLessThan(MILLISECOND);
});

test('a range has its own frames, times and sound', async () => {
  const clip = world.at('long.mp4');
  const picture = [...testPicture('160x120', '25', 3), ...tone(440, 3)];
  await ffmpeg(world.folder, ...picture, ...x264, '-bf', '2', '-c:a', 'aac', clip);
  const { queue } = world.fake({ faces: (frame) => VISITOR(frame - 25) });
  const out = world.at('range.mp4');
  const { id } = await queue.add(world.request(clip, { out, trim: { in: { seconds: 1 }, out: { frame: 60 } } }));
  const done = await queue.settled(id);
  expect(done).toMatchObject({ state: 'done', first: 25, end: 60, swappedFrames: 3 });
  // Numbers are those of the whole clip.
  expect(done.skipped[0]).toEqual({ from: 25, to: 26, reason: 'no-face' });
  const result = await openVideo(out);
  expect(result.times.pts).toHaveLength(35);
  const source = await openVideo(clip);
  const wanted = secondsOf(source).slice(25, 61);
  expect(
    largestGap(
      secondsOf(result),
      wanted.map((s) => s - wanted[0]!),
    ),
  ).toBeLessThan(MILLISECOND);
});

test('a clip that begins inside a group of pictures has the frames that can be decoded', async () => {
  const whole = world.at('whole.mkv');
  const clip = world.at('cut.mp4');
  await ffmpeg(world.folder, ...testPicture('160x120', '25', 3), '-c:v', 'mpeg2video', '-bf', '2', '-g', '12', whole);
  await ffmpeg(
    world.folder,
    '-ss',
    '1',
    '-i',
    whole,
    '-c',
    'copy',
    '-copyinkf',
    '-avoid_negative_ts',
    'make_zero',
    clip,
  );
  const packets = (await packetsOf((await openVideo(clip)).info, 0)).digests.length;
  const source = await openVideo(clip);
  const decoded: number[] = [];
  for await (const { pts, release } of decodeFrames(source.info)) {
    decoded.push(pts);
    release();
  }
  expect(decoded.length).toBeLessThan(packets);
  const out = world.at('cut out.mp4');
  expect(await runJob(clip, out)).toMatchObject({
    state: 'done',
    end: decoded.length,
    swappedFrames: 3,
    notices: [`${decoded.length} frames of this file can be decoded.`],
  });
  const result = await openVideo(out);
  const gaps = (pts: readonly number[]) => pts.map((ticks) => ticks - pts[0]!);
  expect(gaps([...result.times.pts])).toEqual(gaps(decoded));
  await expectFrames(source, result);
});

const OTHER_DISK = '/dev/shm';
test.skipIf(!existsSync(OTHER_DISK))('a result on another disk appears whole', async () => {
  const clip = await makeClip(world.folder, 'a tenth of a second');
  const folder = await mkdtemp(path.join(OTHER_DISK, 'e4s-'));
  try {
    expect((await runJob(clip, path.join(folder, 'out.mp4'))).error).toBeUndefined();
    const { queue } = world.fake();
    const { id } = await queue.add(world.request(clip, { output: 'pictures', out: path.join(folder, 'frames') }));
    expect((await queue.settled(id)).error).toBeUndefined();
    expect((await readdir(folder)).sort()).toEqual(['frames', 'out.mp4']);
    expect((await openVideo(path.join(folder, 'out.mp4'))).times.pts).toHaveLength(3);
    expect(await readdir(path.join(folder, 'frames'))).toHaveLength(4);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('nothing unfinished is left', async () => {
  expect((await readdir(world.folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

const DATA = path.resolve('../shared/data');
test.skipIf(!existsSync(DATA)).each(['clip_talk_man_audio.mp4', 'clip_two_faces_silent.mp4'])('%s', async (name) => {
  const clip = path.join(DATA, name);
  const out = world.at(name);
  expect(await runJob(clip, out)).toMatchObject({ state: 'done', swappedFrames: 3 });
  const [source, result] = [await openVideo(clip), await openVideo(out)];
  expect(largestGap(secondsOf(result), secondsOf(source))).toBeLessThan(MILLISECOND);
  await expectFrames(source, result);
  await expectSound(source, result);
});
