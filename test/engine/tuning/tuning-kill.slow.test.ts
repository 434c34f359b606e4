/** A tuning that is killed: whoever goes on with its folder ends with the same bits. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildEntry } from '#test/support/build-entry.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';

const UPDATES = 160;
let root: string;
let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-kill-'));
  entry = await buildEntry('test/support/small-tuning-entry.ts', { outside: ['onnxruntime-node', 'sharp'] });
});
afterAll(async () => {
  await entry.remove();
  await rm(root, { recursive: true, force: true });
});

/** Updates that it may make meanwhile. */
const LATE = 3;

/** Runs the tuning, killing it at once when it reports an update of at least `killAt`. @returns its last update */
function run(place: string, killAt: number, pause: number): Promise<{ last: number; killed: boolean }> {
  const args = [entry.file, place, String(pause), String(killAt + LATE)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (/^\d+$/.test(line)) last = Number(line);
    if (last >= killAt) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve({ last, killed: signal === 'SIGKILL' }));
  });
}

it('goes on after kill -9 at five random moments and ends with the same bits', async () => {
  const whole = path.join(root, 'whole');
  expect(await run(whole, Number.POSITIVE_INFINITY, 0)).toEqual({ last: UPDATES, killed: false });
  const place = path.join(root, 'killed');
  const moments = [...goldenUnits('moments', 5)]
    .map((u) => 2 + Math.floor(u * (UPDATES - 10)))
    .toSorted((a, b) => a - b);
  for (const moment of moments) {
    const { last, killed } = await run(place, moment, 4);
    expect(killed).toBe(true);
    expect(last).toBeGreaterThanOrEqual(moment);
  }
  expect(await run(place, Number.POSITIVE_INFINITY, 0)).toMatchObject({ last: UPDATES, killed: false });
  for (const file of ['tuned.safetensors', 'losses.jsonl'])
    expect(await readFile(path.join(place, file))).toEqual(await readFile(path.join(whole, file)));
  const left = (await readdir(place)).filter((name) => !name.endsWith('.tmp'));
  expect(left.sort()).toEqual(['losses.jsonl', 'tuned.safetensors']);
});
