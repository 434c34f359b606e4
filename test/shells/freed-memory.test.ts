/** Memory that the engine's process has freed goes back to the system, although small blocks lie between. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';

/** Takes 300 MB in blocks as those of networks, gives them back, and tells what stays, in MB. */
const ENTRY = `
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const rss = () => process.memoryUsage().rss / 2 ** 20;
const block = (bytes) => Buffer.allocUnsafeSlow(bytes).fill(1);
const before = rss();
// The first large block that is freed is what the C library would learn from.
block(8 * 2 ** 20);
gc();
await delay(100);
const kept = [];
let large = [];
for (let i = 0; i < 150; i++) {
  large.push(block(2 * 2 ** 20));
  kept.push(block(2 ** 15));
}
const peak = rss() - before;
large = [];
let left = peak;
for (let look = 0; look < 50 && left > peak / 3; look++) {
  gc();
  await delay(20);
  left = rss() - before;
}
process.send({ peak, left, kept: kept.length });
`;

let folder: string;
let entry: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-freed-'));
  entry = path.join(folder, 'entry.mjs');
  await writeFile(entry, ENTRY);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (): Promise<{ peak: number; left: number }> =>
  new Promise((resolve, reject) => {
    const engine = nodeEngineLauncher({ entry })();
    engine.onMessage((message) => resolve(message as unknown as { peak: number; left: number }));
    engine.onExit(({ code }) => reject(new Error(`ended with ${code}`)));
  });

it.skipIf(process.platform !== 'linux')('goes back', async () => {
  const { peak, left } = await run();
  expect(peak).toBeGreaterThan(290);
  expect(left).toBeLessThan(peak / 3);
});
