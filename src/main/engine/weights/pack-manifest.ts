/** The manifest of an imported pack: where each weights file came from and what it must still be. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { PACK_IDS, type PackId } from './catalogue.ts';
import { WEIGHTS_IDS, type WeightsId } from './manifests.ts';
import { LAYOUTS } from './tensor-file.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const packWeightsSchema = z.strictObject({
  network: z.enum(WEIGHTS_IDS as [WeightsId, ...WeightsId[]]),
  /** Which of the pack's published files it came from: an index into the catalogue's list. */
  part: z.int().min(0),
  /** A name inside the pack's folder, never a path. */
  file: z.string().regex(/^[a-z0-9][a-z0-9.-]*\.safetensors$/),
  bytes: z.int().min(0),
  sha256,
  tensors: z.int().min(1),
  source: z.strictObject({
    name: z.string(),
    bytes: z.int().min(0),
    sha256,
    layout: z.enum(LAYOUTS),
    /** The dict inside the file that held the network. */
    container: z.string(),
  }),
});
export type PackWeights = z.infer<typeof packWeightsSchema>;

const packManifestSchema = z.strictObject({
  format: z.literal('e4s-pack'),
  version: z.literal(1),
  id: z.enum(PACK_IDS as [PackId, ...PackId[]]),
  licence: z.string(),
  commercial: z.enum(['yes', 'no', 'unknown']),
  /** When the last file was imported, ISO 8601. */
  imported: z.iso.datetime(),
  weights: z.array(packWeightsSchema),
});
export type PackManifest = z.infer<typeof packManifestSchema>;

export const packFolder = (packs: string, id: PackId): string => path.join(packs, id);
const manifestFile = (packs: string, id: PackId): string => path.join(packFolder(packs, id), 'manifest.json');

/** A pack's manifest; `undefined` when the pack is not there, a reason in words when it cannot be used. */
export async function readPackManifest(packs: string, id: PackId): Promise<PackManifest | string | undefined> {
  const text = await readFile(manifestFile(packs, id), 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' || error.code === 'ENOTDIR' ? undefined : error,
  );
  if (text === undefined) return undefined;
  if (typeof text !== 'string') return `Its manifest cannot be read (${text.code}).`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'Its manifest is damaged.';
  }
  const parsed = packManifestSchema.safeParse(json);
  if (!parsed.success) return `Its manifest is not valid: ${z.prettifyError(parsed.error).split('\n')[0]}.`;
  return parsed.data.id === id ? parsed.data : `Its manifest belongs to the pack "${parsed.data.id}".`;
}

/** @throws StorageError */
export function writePackManifest(packs: string, manifest: PackManifest): Promise<void> {
  return writeFileAtomic(manifestFile(packs, manifest.id), `${JSON.stringify(manifest, null, 2)}\n`, {
    makeFolder: true,
  });
}
