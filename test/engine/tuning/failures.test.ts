/** What tuning says when memory is short or a face cannot be tuned on, before any weights are read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { GO_ON } from '#engine/tuning/memory-error.ts';
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
