import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '#engine/errors.ts';
import { CHUNK_BYTES, memorySource, openFileSource, readChunks } from '#engine/weights/byte-source.ts';
import { rejection } from '#test/support/rejection.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-bytes-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('byte sources', () => {
  it.each(['file', 'memory'])('read ranges of a %s and refuse those outside', async (kind) => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
    const file = path.join(folder, 'a');
    await writeFile(file, bytes);
    await using source = kind === 'file' ? await openFileSource(file) : memorySource(bytes, file);
    expect(source.size).toBe(100);
    expect([...(await source.read(97, 3))]).toEqual([97, 98, 99]);
    expect(await source.read(100, 0)).toHaveLength(0);
    for (const [offset, length] of [
      [98, 3],
      [101, 0],
      [2 ** 53 - 2, 1],
    ] as const) {
      expect(await rejection(source.read(offset, length))).toMatchObject({ kind: 'input', file });
    }
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      expect(await rejection(source.read(offset, length))).toBeInstanceOf(RangeError);
    }
  });

  it('say so when the file becomes shorter', async () => {
    const file = path.join(folder, 'b');
    await writeFile(file, new Uint8Array(1000));
    await using source = await openFileSource(file);
    await truncate(file, 10);
    expect(await rejection(source.read(0, 1000))).toMatchObject({ message: expect.stringMatching(/shorter/), file });
  });

  it('name what cannot be opened', async () => {
    expect(await rejection(openFileSource(path.join(folder, 'none')))).toBeInstanceOf(InputError);
    expect((await rejection(openFileSource(folder))).message).toMatch(/folder|regular/);
    if (process.platform === 'win32') return;
    const pipe = path.join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    for (const file of ['/dev/null', pipe]) {
      expect((await rejection(openFileSource(file))).message).toMatch(/not a regular file/);
    }
  });

  it('stream in pieces and stop when cancelled', async () => {
    const source = memorySource(new Uint8Array(2 * CHUNK_BYTES + 5).fill(7), 'm');
    const lengths: number[] = [];
    for await (const piece of readChunks(source, 1, source.size - 1)) lengths.push(piece.length);
    expect(lengths).toEqual([CHUNK_BYTES, CHUNK_BYTES, 4]);
    const abort = new AbortController();
    const cancelled = (async () => {
      for await (const _ of readChunks(source, 0, source.size, abort.signal)) abort.abort();
    })();
    expect(await rejection(cancelled)).toBeInstanceOf(CancelledError);
  });
});
