/** Packs that look whole without holding a weight: what is there and what is missing can be tested without gigabytes. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FeatureId, PACK_IDS, packOf } from '#engine/weights/catalogue.ts';
import { packFolder, writePackManifest } from '#engine/weights/pack-manifest.ts';

const HASH = '0'.repeat(64);

/** Writes every pack that a feature needs. @param packs the folder of packs */
export async function writeReadyPacks(packs: string, feature: FeatureId): Promise<void> {
  for (const id of PACK_IDS) {
    const pack = packOf(id);
    if (!pack.features.includes(feature)) continue;
    const weights = pack.files.flatMap(({ name, networks }, part) =>
      networks.map(({ network }) => ({
        network,
        part,
        file: `${network}-${part}.safetensors`,
        bytes: 1,
        sha256: HASH,
        tensors: 1,
        source: { name, bytes: 1, sha256: HASH, layout: 'torch-zip' as const, container: '' },
      })),
    );
    await mkdir(packFolder(packs, id), { recursive: true });
    for (const { file } of weights) await writeFile(path.join(packFolder(packs, id), file), '\0');
    await writePackManifest(packs, {
      format: 'e4s-pack',
      version: 1,
      id,
      licence: pack.licence,
      commercial: pack.commercial,
      imported: '2026-01-01T00:00:00.000Z',
      weights,
    });
  }
}
