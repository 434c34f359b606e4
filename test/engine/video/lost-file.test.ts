/** A video that is deleted while it is worked on. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodeSegment } from '#engine/video/encode.ts';
import { readFrameTimes } from '#engine/video/frame-times.ts';
import { muxVideo } from '#engine/video/mux.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { ffmpeg, formatOf, LOSSLESS, testPicture, timedFrames } from '#test/support/video-clips.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-lost-'));
  await ffmpeg(folder, ...testPicture('64x48', '25', 0.4), '-c:v', 'libx264', 'clip.mp4');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The clip is there when it is opened, and gone afterwards. */
async function openLost(): Promise<OpenedVideo> {
  await copyFile(at('clip.mp4'), at('lost.mp4'));
  const opened = await openVideo(at('lost.mp4'));
  await rm(at('lost.mp4'));
  return opened;
}
const GONE = { kind: 'input', file: 'lost.mp4', message: 'There is no such file.' };

test('decoding and reading times say that it is gone', async () => {
  const { info } = await openLost();
  await expect(decodeFrames(info).next()).rejects.toMatchObject(GONE);
  await expect(readFrameTimes(info)).rejects.toMatchObject(GONE);
});

test('so does joining the parts, and no result is left', async () => {
  const clip = await openVideo(at('clip.mp4'));
  const part = at('part.mp4');
  await encodeSegment(part, timedFrames(clip), { ...formatOf(clip), settings: LOSSLESS });
  const { info, times } = await openLost();
  const segments = [{ path: part, start: times.pts[0] ?? 0, end: times.end }];
  const joined = muxVideo(at('result.mp4'), { source: info, segments, timeBase: times.timeBase, settings: LOSSLESS });
  await expect(joined).rejects.toMatchObject(GONE);
  await expect(openVideo(at('result.mp4'))).rejects.toMatchObject({ message: 'There is no such file.' });
});
