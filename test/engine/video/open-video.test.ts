import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError, InputError } from '#engine/errors.ts';
import { VIDEO_LIMITS } from '#engine/video/limits.ts';
import { openVideo } from '#engine/video/open-video.ts';
import { probeVideo } from '#engine/video/probe.ts';
import { ffmpeg, testPicture, tone } from '#test/support/video-clips.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-open-'));
  const picture = [...testPicture('320x240', '25', 1), '-c:v', 'libx264', '-preset', 'veryfast'];
  await ffmpeg(folder, ...picture, 'good.mp4');
  await ffmpeg(folder, ...picture, '-movflags', '+faststart', 'faststart.mp4');
  await ffmpeg(folder, ...picture, 'good.mkv');
  await ffmpeg(folder, ...tone(440, 1), '-c:a', 'aac', 'sound.mp4');
});
afterAll(() => rm(folder, { recursive: true }));

/** The refusal of a file. Refusing takes seconds at most: the test's own time limit of ten watches over it. */
async function refusal(name: string): Promise<InputError> {
  const error = await openVideo(at(name)).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).file).toBe(name);
  expect((error as InputError).message).not.toContain('\n');
  return error as InputError;
}

describe('what a file holds', () => {
  test('colours, depth, rotation and pixel shape', async () => {
    const tags = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
    const args = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-vf', 'setsar=4/3', ...tags];
    await ffmpeg(folder, ...testPicture('320x240', '25', 0.2), ...args, 'tagged.mp4');
    await ffmpeg(folder, '-i', 'tagged.mp4', '-c', 'copy', '-metadata:s:v:0', 'rotate=90', 'turned.mp4');
    const { video, container, notices } = await probeVideo(at('turned.mp4'));
    expect(container).toEqual({ demuxer: 'mov', title: 'MP4' });
    expect(notices).toEqual([]);
    // Builds differ in what that angle means.
    expect(video.orientation).toMatch(/^quarter-/);
    expect(video).toMatchObject({
      codec: 'h264',
      bitDepth: 8,
      codedWidth: 320,
      codedHeight: 240,
      width: 240,
      height: 320,
      sampleAspect: { num: 3, den: 4 },
      averageRate: { num: 25, den: 1 },
      claimedFrames: 5,
      color: { range: 'tv', matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' },
    });
  });

  test('more than 8 bits are said', async () => {
    const args = ['-c:v', 'prores_ks', '-pix_fmt', 'yuv422p10le'];
    await ffmpeg(folder, ...testPicture('320x240', '25', 0.2), ...args, 'deep.mov');
    const { video, notices } = await probeVideo(at('deep.mov'));
    expect(video.bitDepth).toBe(10);
    expect(notices).toEqual(['The video has 10 bits a colour; it is worked on and written with 8.']);
  });

  test('the name never counts: patterns, dashes and protocols in it are just letters', async () => {
    for (const name of ['-i %03d.mp4', "it's concat|x.mp4", 'no ending']) {
      await copyFile(at('good.mp4'), at(name));
      expect((await openVideo(at(name))).times.pts).toHaveLength(25);
    }
  });
});

describe('refused without a wait', { timeout: 30_000 }, () => {
  test('empty, missing, folder, text', async () => {
    await writeFile(at('empty.mp4'), '');
    await writeFile(at('text.mp4'), 'Just words, no video.\n');
    expect((await refusal('empty.mp4')).message).toBe('The file is empty.');
    expect((await refusal('text.mp4')).message).toBe('This is no video file of a known kind.');
    await refusal('missing.mp4');
    await expect(openVideo(folder)).rejects.toBeInstanceOf(InputError);
  });

  test.skipIf(process.platform === 'win32')('a named pipe', async () => {
    expect(spawnSync('mkfifo', [at('pipe.mp4')]).status).toBe(0);
    expect((await refusal('pipe.mp4')).message).toBe('This is a device, not a video.');
  });

  test('lists that point elsewhere', async () => {
    const target = at('good.mp4');
    const lists = {
      'list.m3u8': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${target}\n#EXT-X-ENDLIST\n`,
      'list.mp4': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n`,
      'list.ffconcat': `ffconcat version 1.0\nfile '${target}'\n`,
      'list.mpd': `<?xml version="1.0"?><MPD><Period/></MPD>`,
      'list.sdp': `v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n`,
    };
    for (const [name, text] of Object.entries(lists)) {
      await writeFile(at(name), text);
      await refusal(name);
    }
  });

  test('samples that lie in another file', async () => {
    const bytes = await readFile(at('good.mp4'));
    const inside = (parent: number, type: string): number => bytes.indexOf(type, parent);
    // The table of the picture track's files: one entry, with flags and no place.
    const table = inside(bytes.indexOf('moov'), 'dref');
    const elsewhere = Buffer.from(`file:///${'x'.repeat(40)}\0`);
    const entry = table + 12;
    bytes.writeUInt32BE(bytes.readUInt32BE(entry) + elsewhere.length, entry);
    bytes.writeUInt32BE(0, entry + 8);
    for (const type of ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref']) {
      const box = bytes.lastIndexOf(type, table) - 4;
      bytes.writeUInt32BE(bytes.readUInt32BE(box) + elsewhere.length, box);
    }
    await writeFile(
      at('elsewhere.mp4'),
      Buffer.concat([bytes.subarray(0, entry + 12), elsewhere, bytes.subarray(entry + 12)]),
    );
    expect((await refusal('elsewhere.mp4')).message).toContain('lie in another file');

    const box = (type: string, ...content: Buffer[]): Buffer => {
      const body = Buffer.concat(content);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + body.length);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, body]);
    };
    const reference = box('rdrf', Buffer.from(`\0\0\0\0url \0\0\0\x10file:///good.mp4`, 'latin1'));
    await writeFile(
      at('reference.mov'),
      Buffer.concat([box('ftyp', Buffer.from('qt  \0\0\0\0qt  ')), box('moov', box('rmra', box('rmda', reference)))]),
    );
    expect((await refusal('reference.mov')).message).toContain('lie in another file');
  });

  test('sound without a picture', async () => {
    expect((await refusal('sound.mp4')).message).toBe('The file has no picture track.');
  });

  test('cut off: without its index, with its index, and in the middle of a stream', async () => {
    await ffmpeg(folder, '-i', at('good.mp4'), '-an', '-c:v', 'mpeg4', 'good.avi');
    expect((await openVideo(at('good.avi'))).times.pts).toHaveLength(25);
    for (const [name, cut] of [
      ['good.mp4', 'cut.mp4'],
      ['faststart.mp4', 'cut start.mp4'],
      ['good.mkv', 'cut.mkv'],
      ['good.avi', 'cut.avi'],
    ] as const) {
      await copyFile(at(name), at(cut));
      await truncate(at(cut), Math.floor((await readFile(at(name))).length * 0.6));
      expect((await refusal(cut)).message).toMatch(/damaged or cut off|is cut off/);
    }
  });

  test('an index of noise, and a picture track of noise', async () => {
    const bytes = await readFile(at('faststart.mp4'));
    const noise = (from: number, to: number): Buffer => {
      const copy = Buffer.from(bytes);
      for (let i = from; i < to; i += 1) copy[i] = (i * 2654435761) >>> 24;
      return copy;
    };
    const moov = bytes.indexOf('moov');
    const mdat = bytes.indexOf('mdat');
    await writeFile(at('noise index.mp4'), noise(moov + 4, mdat - 4));
    await writeFile(at('noise track.mp4'), noise(mdat + 4, bytes.length));
    await refusal('noise index.mp4');
    await refusal('noise track.mp4');
  });

  test('no frames', async () => {
    await ffmpeg(folder, ...testPicture('320x240', '25', 1), '-c:v', 'ffv1', '-frames:v', '0', 'none.mkv').catch(
      // Some builds refuse to write it: then only its header is there.
      () => undefined,
    );
    if (!existsSync(at('none.mkv'))) await writeFile(at('none.mkv'), (await readFile(at('good.mkv'))).subarray(0, 400));
    await refusal('none.mkv');
  });

  test('a picture 60,000 pixels wide', async () => {
    // One row of a real codec, and a header that claims it.
    await ffmpeg(folder, '-f', 'lavfi', '-i', 'color=s=60000x16:d=0.04', '-c:v', 'ffv1', 'wide.mkv');
    expect((await refusal('wide.mkv')).message).toContain('60000 x 16 pixels; a side may have up to 16384');
    const bytes = await readFile(at('good.mp4'));
    const entry = bytes.indexOf('avc1', bytes.indexOf('stsd'));
    bytes.writeUInt16BE(60_000, entry + 4 + 24);
    bytes.writeUInt16BE(60_000, entry + 4 + 26);
    await writeFile(at('claim.mp4'), bytes);
    // The stream itself says 320 x 240; nobody looks.
    expect((await refusal('claim.mp4')).message).toContain('60000 x 60000 pixels; a side may have up to 16384');
  });

  test('more frames or pixels than the limits', async () => {
    const few = { ...VIDEO_LIMITS, frames: 10 };
    await expect(openVideo(at('good.mp4'), { limits: few })).rejects.toThrow('The video claims 25 frames; 10 is');
    await expect(openVideo(at('good.mkv'), { limits: few })).rejects.toThrow('more than 10 frames');
    const small = { ...VIDEO_LIMITS, pixels: 1000 };
    for (const name of ['good.mp4', 'good.mkv']) {
      await expect(openVideo(at(name), { limits: small })).rejects.toThrow(/claims 320 x 240 pixels; /);
    }
    const alone = { ...VIDEO_LIMITS, streams: 1 };
    for (const name of ['two tracks.mp4', 'two tracks.mkv']) {
      await ffmpeg(folder, '-i', 'good.mp4', '-map', '0:v', '-map', '0:v', '-c', 'copy', name);
      await expect(openVideo(at(name), { limits: alone })).rejects.toThrow('claims more than 1 tracks');
    }
  });

  const BAD = path.resolve('../shared/data/bad');
  test.skipIf(!existsSync(BAD)).each(['audio_only.mp4', 'corrupt_moov.mp4'])('%s', async (name) => {
    await expect(openVideo(path.join(BAD, name))).rejects.toBeInstanceOf(InputError);
  });
});

test('a cancelled opening says so', async () => {
  await expect(openVideo(at('good.mp4'), { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
  const controller = new AbortController();
  const opening = openVideo(at('good.mp4'), { signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(opening).rejects.toBeInstanceOf(CancelledError);
});
