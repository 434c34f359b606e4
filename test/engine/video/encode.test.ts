import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError, StorageError, UsageError } from '#engine/errors.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodeSegment, type SegmentFormat } from '#engine/video/encode.ts';
import { type CodecName, ENCODERS } from '#engine/video/encoders.ts';
import type { TimedFrame } from '#engine/video/frame-feed.ts';
import { openVideo } from '#engine/video/open-video.ts';
import { openToolbox } from '#engine/video/toolbox.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-encode-'));
});
afterAll(() => rm(folder, { recursive: true }));

const format: SegmentFormat = {
  settings: { codec: 'h264', quality: 90, preset: 'fast' },
  width: 64,
  height: 48,
  sampleAspect: { num: 4, den: 3 },
  color: { range: 'tv', matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' },
  timeBase: { num: 1, den: 90_000 },
  rate: { num: 25, den: 1 },
  keyInterval: 12,
};

/** Ticks of uneven frames; the last is shown for long. */
const PTS = [0, 3600, 3900, 12_345, 15_000, 90_001];
const LAST_DURATION = 45_678;

/** A soft slope of colours that moves. */
function slope(width: number, height: number, step: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      pixels[at] = 60 + x + step * 4;
      pixels[at + 1] = 90 + y;
      pixels[at + 2] = 150 - y;
    }
  }
  return pixels;
}

function* uneven(width: number, height: number, offset = 0): Generator<TimedFrame> {
  for (const [i, pts] of PTS.entries()) {
    const duration = (PTS[i + 1] ?? pts + LAST_DURATION) - pts;
    yield { pts: pts + offset, duration, pixels: slope(width, height, i) };
  }
}

describe.each(Object.keys(ENCODERS) as CodecName[])('%s', (codec) => {
  test.each([
    [64, 48],
    [65, 49],
  ])('keeps %i x %i pixels, every time, the colour tags and the pixel shape', async (width, height) => {
    const { encoders } = await openToolbox();
    const settings = { codec, quality: 90, preset: 'fast' } as const;
    const file = at(`${codec} ${width}.mp4`);
    const writing = encodeSegment(file, uneven(width, height, 777), { ...format, width, height, settings });
    if (!encoders.has(ENCODERS[codec].name)) return expect(writing).rejects.toBeInstanceOf(UsageError);
    expect(await writing).toBe(PTS.length);

    const { info, times } = await openVideo(file);
    expect(times.timeBase).toEqual(format.timeBase);
    expect([...times.pts]).toEqual(PTS);
    // Edits count milliseconds.
    expect(Math.abs(times.end - (90_001 + LAST_DURATION))).toBeLessThanOrEqual(90);
    expect(info.video).toMatchObject({ width, height, sampleAspect: format.sampleAspect });
    if (!ENCODERS[codec].lossless) expect(info.video.color).toMatchObject({ matrix: 'bt709', primaries: 'bt709' });
    let worst = 0;
    let index = 0;
    for await (const { pixels } of decodeFrames(info)) {
      const wanted = slope(width, height, index);
      pixels.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - (wanted[i] ?? 0)));
      });
      index += 1;
    }
    expect(worst).toBeLessThanOrEqual(ENCODERS[codec].lossless ? 0 : 16);
  });
});

test('full range stays full range', async () => {
  const color = { ...format.color, range: 'pc' } as const;
  await encodeSegment(at('full.mp4'), uneven(64, 48), { ...format, color });
  const { info } = await openVideo(at('full.mp4'));
  expect(info.video.color.range).toBe('pc');
  for await (const { pixels } of decodeFrames(info)) {
    expect(Math.abs((pixels[1] ?? 0) - 90)).toBeLessThanOrEqual(6);
    break;
  }
});

test('a part starts with a key frame and is the same bytes each time', async () => {
  await encodeSegment(at('a.mp4'), uneven(64, 48), format);
  await encodeSegment(at('b.mp4'), uneven(64, 48), format);
  expect(await readFile(at('a.mp4'))).toEqual(await readFile(at('b.mp4')));
});

test('one frame lasts as long as it should', async () => {
  const frame = { pts: 0, duration: 3003, pixels: slope(64, 48, 0) };
  for (const codec of ['h264', 'h264-lossless'] as const) {
    const settings = { ...format.settings, codec };
    await encodeSegment(at('one.mp4'), [frame], { ...format, settings, timeBase: { num: 1, den: 30_000 } });
    const { times } = await openVideo(at('one.mp4'));
    expect([...times.pts]).toEqual([0]);
    expect(Math.abs(times.end - 3003)).toBeLessThanOrEqual(30);
  }
});

describe('a failure leaves nothing behind and the old file as it was', () => {
  const attempt = async (frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>, signal?: AbortSignal) => {
    await writeFile(at('old.mp4'), 'old');
    const before = await readdir(folder);
    const error = await encodeSegment(at('old.mp4'), frames, format, signal).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(await readdir(folder)).toEqual(before);
    return error;
  };

  test('when it is cancelled', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<TimedFrame> {
      for (let i = 0; ; i += 1) {
        if (i === 5) controller.abort();
        yield { pts: i * 3600, duration: 3600, pixels: slope(64, 48, 0) };
      }
    }
    expect(await attempt(endless(), controller.signal)).toBeInstanceOf(CancelledError);
  });

  test('when the frames end in an error', async () => {
    function* broken(): Generator<TimedFrame> {
      yield { pts: 0, duration: 1, pixels: slope(64, 48, 0) };
      throw new Error('no more');
    }
    expect(await attempt(broken())).toEqual(new Error('no more'));
  });

  test('without frames, with frames of another size or going back in time', async () => {
    expect(await attempt([])).toBeInstanceOf(Error);
    expect(await attempt([{ pts: 0, duration: 1, pixels: new Uint8Array(3) }])).toBeInstanceOf(RangeError);
    const pixels = slope(64, 48, 0);
    const twice = [
      { pts: 5, duration: 1, pixels },
      { pts: 5, duration: 1, pixels },
    ];
    expect(await attempt(twice)).toBeInstanceOf(RangeError);
  });
});

test('a folder that is not there, and a quality out of range', async () => {
  await expect(encodeSegment(at('no/part.mp4'), uneven(64, 48), format)).rejects.toBeInstanceOf(StorageError);
  const settings = { ...format.settings, quality: 101 };
  await expect(encodeSegment(at('x.mp4'), uneven(64, 48), { ...format, settings })).rejects.toBeInstanceOf(UsageError);
});
