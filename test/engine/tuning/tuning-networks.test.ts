/** Tuning without the packs that it needs: each of them is named, before anything is read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGeneratorWeights, openTuningNetworks } from '#engine/tuning/tuning-networks.ts';
import { packFolder } from '#engine/weights/pack-manifest.ts';
import { writeReadyPacks } from '#test/support/ready-packs.ts';

let packs: string;
beforeEach(async () => {
  packs = await mkdtemp(path.join(tmpdir(), 'e4s-tuning-packs-'));
  await writeReadyPacks(packs, 'tuning');
});
afterEach(() => rm(packs, { recursive: true, force: true }));

const without = (...ids: readonly Parameters<typeof packFolder>[1][]) =>
  Promise.all(ids.map((id) => rm(packFolder(packs, id), { recursive: true })));

it.each(['arcface', 'lpips-alex', 'parsing-unet'] as const)('says that %s is missing, and what works', async (id) => {
  await without(id);
  const opening = openTuningNetworks(packs);
  await expect(opening).rejects.toMatchObject({
    kind: 'missing',
    message: `Tuning needs packs that are not there: ${id}.`,
    action: expect.stringMatching(/swap without tuning, or with weights tuned before: both work without them\.$/),
  });
  // The generator alone is looked for further: that these packs are hollow is another matter.
  await expect(openGeneratorWeights(packs)).rejects.toMatchObject({ kind: 'input' });
});

it('names all that are missing; without the rgi network only the classic engine is left', async () => {
  await without('rgi', 'arcface');
  await expect(openTuningNetworks(packs)).rejects.toMatchObject({
    message: 'Tuning needs packs that are not there: rgi, arcface.',
    action: expect.stringMatching(/or use the classic engine\.$/),
  });
  await expect(openGeneratorWeights(packs)).rejects.toMatchObject({ kind: 'missing' });
});
