import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError } from '#engine/errors.ts';
import { type DecodedFrame, decodeFrames } from '#engine/video/decode.ts';
import { readFrameTimes } from '#engine/video/frame-times.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { ffmpeg, frameDigests, testPicture } from '#test/support/video-clips.ts';

let folder: string;
let clip: OpenedVideo;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-decode-'));
  const groups = ['-g', '15', '-bf', '3', '-x264-params', 'open-gop=1'];
  const args = ['-c:v', 'libx264', '-preset', 'veryfast', ...groups];
  await ffmpeg(folder, ...testPicture('160x120', '24000/1001', 3), ...args, 'clip.mp4');
  clip = await openVideo(at('clip.mp4'));
});
afterAll(() => rm(folder, { recursive: true }));

const digest = ({ pixels }: DecodedFrame): string => createHash('sha1').update(pixels).digest('hex');

test('every range equals that part of the whole', async () => {
  const whole = await frameDigests(clip.info);
  expect(whole).toHaveLength(72);
  for (const [from, to] of [
    [0, 1],
    [1, 4],
    [14, 17],
    [29, 45],
    [71, 72],
  ] as const) {
    const part: string[] = [];
    const range = { from: clip.times.pts[from], to: clip.times.pts[to] };
    for await (const frame of decodeFrames(clip.info, range)) part.push(digest(frame));
    expect(part).toEqual(whole.slice(from, to));
  }
});

test('times read from packets are the times of the decoded frames', async () => {
  const pts: number[] = [];
  for await (const frame of decodeFrames(clip.info)) pts.push(frame.pts);
  expect(pts).toEqual([...clip.times.pts]);
  const decoded = await readFrameTimes(clip.info, { decode: true });
  expect([...decoded.pts]).toEqual(pts);
  expect(decoded.end).toBe(clip.times.end);
});

test('packets without times: the video is decoded for them', async () => {
  await ffmpeg(folder, ...testPicture('160x120', '25', 1), '-c:v', 'libx264', '-bf', '2', 'old.avi');
  const { info, times } = await openVideo(at('old.avi'));
  const pts: number[] = [];
  for await (const frame of decodeFrames(info)) pts.push(frame.pts);
  expect(pts).toEqual([...times.pts]);
  expect(pts).toHaveLength(25);
});

describe('frames stand upright', () => {
  /** Red left of blue above, black below. */
  const picture = 'color=red:s=32x32[a];color=blue:s=32x32[b];[a][b]hstack,pad=64:64';
  const corners = async (file: string): Promise<string[]> => {
    const info = (await openVideo(file)).info;
    for await (const { pixels } of decodeFrames(info)) {
      return [
        [8, 8],
        [info.video.width - 8, 8],
        [8, info.video.height - 8],
        [info.video.width - 8, info.video.height - 8],
      ].map(([x = 0, y = 0]) => {
        const [r = 0, , b = 0] = pixels.subarray((y * info.video.width + x) * 3);
        return r > 128 ? 'red' : b > 128 ? 'blue' : 'black';
      });
    }
    return [];
  };
  /** The four entries of the display matrix, and what then stands in the corners (ISO/IEC 14496-12, 6.2.2). */
  test.each([
    ['upright', [1, 0, 0, 1], ['red', 'blue', 'black', 'black']],
    ['quarter-right', [0, 1, -1, 0], ['black', 'red', 'black', 'blue']],
    ['half', [-1, 0, 0, -1], ['black', 'black', 'blue', 'red']],
    ['quarter-left', [0, -1, 1, 0], ['blue', 'black', 'red', 'black']],
    ['mirrored', [-1, 0, 0, 1], ['blue', 'red', 'black', 'black']],
    ['mirrored-half', [1, 0, 0, -1], ['black', 'black', 'red', 'blue']],
    ['transposed', [0, 1, 1, 0], ['red', 'black', 'blue', 'black']],
    ['transverse', [0, -1, -1, 0], ['black', 'blue', 'black', 'red']],
  ] as const)('%s', async (orientation, [a, b, c, d], expected) => {
    await ffmpeg(folder, '-filter_complex', picture, '-frames:v', '2', '-c:v', 'libx264', '-qp', '10', 'corners.mp4');
    const bytes = await readFile(at('corners.mp4'));
    // Version 0 of the track header: the matrix starts 40 bytes into its content.
    const matrix = bytes.indexOf('tkhd') + 4 + 40;
    for (const [i, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value * 65_536, matrix + i * 4);
    await writeFile(at('turned.mp4'), bytes);
    expect((await openVideo(at('turned.mp4'))).info.video.orientation).toBe(orientation);
    expect(await corners(at('turned.mp4'))).toEqual(expected);
  });
});

test('colours follow the matrix and range that the file names', async () => {
  for (const [matrix, range] of [
    ['bt709', 'tv'],
    ['smpte170m', 'tv'],
    ['bt709', 'pc'],
  ] as const) {
    const scale = `scale=out_color_matrix=${matrix}:out_range=${range},format=yuv444p`;
    const tags = ['-colorspace', matrix, '-color_range', range];
    const color = ['-f', 'lavfi', '-i', 'color=0xC04080:s=32x32:d=0.1,format=rgb24'];
    await ffmpeg(folder, ...color, '-vf', scale, ...tags, '-c:v', 'libx264', '-qp', '1', 'color.mp4');
    for await (const { pixels } of decodeFrames((await openVideo(at('color.mp4'))).info)) {
      [0xc0, 0x40, 0x80].forEach((value, i) => {
        expect(Math.abs((pixels[i] ?? 0) - value)).toBeLessThanOrEqual(3);
      });
    }
  }
});

/** True while a process of this number is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Children of this process that run ffmpeg, by the system's own list. */
async function children(): Promise<number[]> {
  const entries = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(entries.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    const match = /^(\d+) \(ffmpeg\) \S (\d+) /.exec(stat);
    return match && Number(match[2]) === process.pid ? [Number(match[1])] : [];
  });
}

describe.skipIf(process.platform !== 'linux')('the process ends', () => {
  test('when it is cancelled', async () => {
    await ffmpeg(folder, ...testPicture('640x480', '25', 4), '-c:v', 'libx264', '-preset', 'ultrafast', 'long.mp4');
    const { info } = await openVideo(at('long.mp4'));
    const controller = new AbortController();
    const frames = decodeFrames(info, { signal: controller.signal });
    await frames.next();
    const [pid = 0] = await children();
    expect(isRunning(pid)).toBe(true);
    controller.abort();
    const drain = async (): Promise<void> => {
      for await (const frame of frames) frame.release();
    };
    await expect(drain()).rejects.toBeInstanceOf(CancelledError);
    expect(isRunning(pid)).toBe(false);
  });

  test('when the reader leaves', async () => {
    for await (const _frame of decodeFrames(clip.info)) break;
    expect(await children()).toEqual([]);
  });
});

test('memory stays bounded whatever the length', async () => {
  await ffmpeg(folder, ...testPicture('1280x720', '30', 3), '-c:v', 'libx264', '-preset', 'ultrafast', 'big.mp4');
  const { info } = await openVideo(at('big.mp4'));
  let count = 0;
  let base = 0;
  let peak = 0;
  for await (const frame of decodeFrames(info)) {
    frame.release();
    count += 1;
    const { rss } = process.memoryUsage();
    if (count === 20) base = rss;
    peak = Math.max(peak, rss);
  }
  expect(count).toBe(90);
  // The 70 frames after the first 20 are 194 MB.
  expect(peak - base).toBeLessThan(60e6);
});
