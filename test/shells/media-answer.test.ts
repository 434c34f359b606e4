import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerMedia, parseRange } from '#main/shells/media-answer.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import { answerStudioRequest } from '#main/shells/studio-scheme.ts';
import { mediaAddressSchema } from '#shared/contract-video.ts';

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-media-'));
  file = path.join(folder, 'clip.mp4');
  await writeFile(file, BYTES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=10-19', { first: 10, last: 19 }],
    ['bytes=990-', { first: 990, last: 999 }],
    ['bytes=990-5000', { first: 990, last: 999 }],
    ['bytes=-5', { first: 995, last: 999 }],
    ['bytes=-5000', { first: 0, last: 999 }],
    ['bytes=1000-', null],
    ['bytes=-0', null],
    ['bytes=9-5', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['items=0-1', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it('lies inside of the file, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.nat(), fc.nat(), fc.nat(5000), (junk, a, b, size) => {
        for (const header of [junk, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
          const range = parseRange(header, size);
          if (range) expect(0 <= range.first && range.first <= range.last && range.last < size).toBe(true);
        }
      }),
    );
  });
});

describe('an answer', () => {
  const ask = async (range?: string) => {
    const { status, headers, open } = await answerMedia({ path: file, type: 'video/mp4' }, range);
    return { status, headers, bytes: open ? await buffer(open()) : null };
  };

  it('is the whole file, or the part that was asked for', async () => {
    const whole = await ask();
    expect(whole).toMatchObject({ status: 200, headers: { 'Content-Length': '1000', 'Accept-Ranges': 'bytes' } });
    expect(whole.bytes?.equals(BYTES)).toBe(true);
    const part = await ask('bytes=100-299');
    expect(part).toMatchObject({
      status: 206,
      headers: { 'Content-Range': 'bytes 100-299/1000', 'Content-Length': '200', 'Content-Type': 'video/mp4' },
    });
    expect(part.bytes?.equals(BYTES.subarray(100, 300))).toBe(true);
  });

  it('says so where there is nothing', async () => {
    expect(await ask('bytes=5000-')).toMatchObject({ status: 416, headers: { 'Content-Range': 'bytes */1000' } });
    const gone = await answerMedia({ path: path.join(folder, 'gone.mp4'), type: 'video/mp4' }, undefined);
    expect([gone.status, gone.open]).toEqual([404, undefined]);
  });

  it('stays out of caches and keeps its type', async () => {
    expect((await ask()).headers).toMatchObject({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  });
});

describe('addresses', () => {
  it('are given for a file and end with it', async () => {
    const media = createMediaTable();
    const answer = answerEngine(createGrantTable(), media);
    const address = answer('publish', { path: file, type: 'video/mp4' });
    expect(address).not.toContain('clip');
    expect(answer('publish', { path: file, type: 'video/mp4' })).not.toBe(address);
    expect(media.find(address)).toEqual({ path: file, type: 'video/mp4' });
    answer('withdraw', { address });
    expect(media.find(address)).toBeUndefined();
  });

  it('end with the engine process', () => {
    const media = createMediaTable();
    const address = media.answers.publish({ path: file, type: 'video/mp4' });
    media.clear();
    expect(media.find(address)).toBeUndefined();
  });

  it('are served by the scheme of the desktop shell, with ranges', async () => {
    const media = createMediaTable();
    const address = media.answers.publish({ path: file, type: 'video/mp4' });
    const pages = { answer: async () => ({ status: 404, headers: {}, body: new Uint8Array() }) };
    const ask = (pathname: string, init?: RequestInit) =>
      answerStudioRequest(pages, media, new Request(`e4s://studio${pathname}`, init));
    const part = await ask(address, { headers: { range: 'bytes=990-' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(BYTES.subarray(990))).toBe(true);
    const other = mediaAddressSchema.parse(`/media/${'A'.repeat(32)}`);
    expect((await ask(other)).status).toBe(404);
    expect((await ask(address, { method: 'POST', body: 'x' })).status).toBe(405);
    const foreign = await answerStudioRequest(pages, media, new Request(`e4s://elsewhere${address}`));
    expect(foreign.status).toBe(404);
  });
});
