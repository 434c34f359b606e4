/**
 * Tuning where the disk takes no more. The process may write files of a certain size only: the system cuts one of them off
 * in the middle, as a disk does that fills up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEntry } from '#test/support/build-entry.ts';
import { FRAMES, runSmallTuning } from '#test/support/small-tuning.ts';

/** As `small-tuning-entry.ts` has them. */
const TUNING = { passes: 40, literal: true } as const;
const UPDATES = TUNING.passes * FRAMES;
/** The unit of `ulimit -f` in a plain shell. */
const BLOCK = 512;

let root: string;
let entry: Awaited<ReturnType<typeof buildEntry>>;
let whole: Buffer;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-full-'));
  entry = await buildEntry('test/support/small-tuning-entry.ts', { outside: ['onnxruntime-node', 'sharp'] });
  await runSmallTuning({ place: path.join(root, 'whole'), ...TUNING });
  whole = await readFile(path.join(root, 'whole', 'tuned.safetensors'));
});
afterAll(async () => {
  await entry?.remove();
  await rm(root, { recursive: true, force: true });
});

/** Goes on with a tuning whose files can have so many bytes at most. @returns what it says at its end */
async function limited(place: string, bytes: number): Promise<{ code: number; stderr: string }> {
  const command = ['-c', `ulimit -f ${Math.floor(bytes / BLOCK)}; exec "$0" "$@"`, process.execPath, entry.file, place];
  const child = spawn('sh', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  return { code: code as number, stderr };
}

describe.skipIf(process.platform === 'win32')('a disk that takes no more', () => {
  it.each([
    // Weights with their moments, and at the end weights with the mean latent, which are more here.
    ['checkpoint.safetensors', 30, 20_000],
    ['tuned.safetensors', UPDATES - 1, 32_000],
  ])('cuts off %s: the checkpoint before is whole, and tuning can go on', async (file, reached, bytes) => {
    const place = path.join(root, file);
    let made = 0;
    await runSmallTuning({
      place,
      ...TUNING,
      onEvent: (event) => {
        if (event.type === 'update') made = event.update;
      },
      wish: () => (made >= reached ? 'pause' : undefined),
    });
    const checkpoint = path.join(place, 'checkpoint.safetensors');
    const before = await readFile(checkpoint);

    const { code, stderr } = await limited(place, bytes);
    expect(stderr).toContain(path.join(place, file));
    expect(stderr).toMatch(/StorageError: The file is too large for this disk\./);
    expect(code).toBe(1);
    expect((await readdir(place)).toSorted()).toEqual(['checkpoint.safetensors', 'losses.jsonl']);
    expect((await readFile(checkpoint)).equals(before)).toBe(true);

    expect(await runSmallTuning({ place, ...TUNING })).toMatchObject({ state: 'done', updates: UPDATES });
    expect((await readFile(path.join(place, 'tuned.safetensors'))).equals(whole)).toBe(true);
  });
});
