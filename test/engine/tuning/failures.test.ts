/** What tuning says when memory is short or a face cannot be tuned on, before any weights are read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { expand } from '#engine/tensor/ops/layout.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';
import { asMemoryError, GO_ON } from '#engine/tuning/memory-error.ts';
import { refinePhoto } from '#engine/tuning/refine-photo.ts';
import { tuneClip } from '#engine/tuning/tuning-job.ts';
import type { TuningNetworks } from '#engine/tuning/tuning-networks.ts';
import { REGION_COUNT } from '#shared/regions.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-failures-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As the runtime puts it, wherever it looks for room. */
const short = (words: string): TuningNetworks => ({
  params: () => {
    throw new Error(words);
  },
  folder: tmpdir(),
});
const size = 32;
const picture = { dims: [1, 3, size, size], data: new Float32Array(3 * size * size) };
const labels = new Uint8Array(512 * 512);
const vectors = { dims: [1, REGION_COUNT, 1280], data: new Float32Array(REGION_COUNT * 1280) };

describe.each([
  'Non-zero status code returned while running Conv node. std::bad_alloc',
  'Failed to allocate memory for requested buffer of size 4294967296',
  'The model pti-step cannot be opened: std::bad_alloc',
  'Array buffer allocation failed',
  'CUDA failure 2: out of memory',
])('"%s"', (words) => {
  it('pauses the tuning of a clip: what was reached is kept', async () => {
    const settings = { ptiSteps: 1, ptiLearningRate: 1e-4, recolorLambda: 5, schedule: 'literal' } as const;
    const frames = { count: 1, read: async () => ({ driven: picture, recolored: picture, labels, vectors }) };
    const work = tuneClip({ folder, frames, networks: short(words), settings, size });
    await expect(work).rejects.toBeInstanceOf(UsageError);
    await expect(work).rejects.toMatchObject({ message: 'There is not enough memory for tuning.', action: GO_ON });
  });

  it('ends refining, which begins anew', async () => {
    const work = refinePhoto({ photo: { picture, labels, vectors }, networks: short(words), size });
    await expect(work).rejects.toMatchObject({
      message: 'There is not enough memory for tuning.',
      action: expect.stringMatching(/^Close other programs and try again\./),
    });
  });
});

/** More than the addresses of a process reach: it cannot be had, however much memory there is. */
const TOO_LARGE = [2 ** 24, 2 ** 24] as const;

describe('what is really said when memory is short', () => {
  it.each([true, false])('by the runtime at work is known, with memory kept for reuse: %s', async (arena) => {
    const graph = new Graph('too-large');
    const wide = expand(graph.input('x', [1, 1]), TOO_LARGE);
    await using session = await openGraph(graph, { y: reduceSum(wide) }, { arena });
    const work = asMemoryError(() => session.run({ x: { dims: [1, 1], data: Float32Array.of(1) } }));
    await expect(work).rejects.toMatchObject({ message: 'There is not enough memory for tuning.', action: GO_ON });
  });

  it('by JavaScript is known', async () => {
    const work = asMemoryError(async () => new ArrayBuffer(2 ** 50));
    await expect(work).rejects.toMatchObject({ message: 'There is not enough memory for tuning.' });
  });
});
