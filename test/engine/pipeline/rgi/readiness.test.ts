/** What the rgi engine can do with which packs. */
import { describe, expect, it } from 'vitest';
import { chooseEngine } from '#engine/pipeline/engines.ts';
import { partWarning, RGI_PARTS, rgiReadiness, weightsOf } from '#engine/pipeline/rgi/readiness.ts';
import { PACK_IDS, type PackId } from '#engine/weights/catalogue.ts';
import { listPacks, type PackStatus } from '#engine/weights/packs.ts';
import { scratchFolder } from '../pictures.ts';

const REQUIRED: readonly PackId[] = ['rgi', 'facevid2vid', 'face-parsing-bisenet', 'recolor-blender'];

/** All packs as a folder without any has them, these as ready. */
async function packsWith(ready: readonly PackId[]): Promise<PackStatus[]> {
  await using empty = await scratchFolder();
  const weights = (id: string) => ({ network: id as never, part: 0, sha256: `hash of ${id}` }) as never;
  return (await listPacks(empty.folder)).map((pack) =>
    ready.includes(pack.id)
      ? { ...pack, state: 'ready', files: [{ name: pack.id, present: true, weights: [weights(pack.id)] }] }
      : pack,
  );
}

describe('rgiReadiness', () => {
  it('names what is missing', async () => {
    const none = rgiReadiness(await packsWith([]));
    expect(none.ready).toBe(false);
    expect(none.missing.map(({ id }) => id)).toEqual(REQUIRED);
    expect(none.reason).toBe(`The rgi engine needs packs that are not there: ${REQUIRED.join(', ')}.`);
    const some = rgiReadiness(
      (await packsWith(['rgi', 'facevid2vid'])).map((pack) =>
        pack.id === 'recolor-blender' ? { ...pack, state: 'damaged' } : pack,
      ),
    );
    expect(some.reason).toMatch(/not there: face-parsing-bisenet, recolor-blender \(damaged\)\.$/);
  });

  it('works without any optional pack, and says what each would add', async () => {
    const { ready, reason, features, parts } = rgiReadiness(await packsWith(REQUIRED));
    expect({ ready, reason }).toEqual({ ready: true, reason: undefined });
    expect(Object.values(features)).toEqual(RGI_PARTS.map(() => false));
    for (const { part, pack, without } of parts) {
      expect(pack.optional, pack.id).toBe(true);
      expect(partWarning(part).message).toBe(`${without} The pack "${pack.id}" would do it.`);
    }
  });

  it('turns on the parts whose packs are there', async () => {
    const { features } = rgiReadiness(await packsWith([...REQUIRED, 'gpen-bfr-512', 'codeformer']));
    expect(RGI_PARTS.filter((part) => features[part])).toEqual(['enhancement', 'restoration']);
    expect(Object.values(rgiReadiness(await packsWith(PACK_IDS)).features)).not.toContain(false);
  });

  it('knows the weights that results depend on: not those of packs for other features', async () => {
    const found = weightsOf(rgiReadiness(await packsWith([...REQUIRED, 'codeformer', 'arcface'])));
    expect(Object.values(found)).toEqual([...REQUIRED, 'codeformer'].map((id) => `hash of ${id}`));
  });
});

describe('chooseEngine', () => {
  it('takes classic where packs are missing, unless rgi is asked for', async () => {
    await using empty = await scratchFolder();
    expect(await chooseEngine('auto', empty.folder)).toBeUndefined();
    expect(await chooseEngine('classic', empty.folder)).toBeUndefined();
    await expect(chooseEngine('rgi', empty.folder)).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('recolor-blender'),
    });
  });
});
