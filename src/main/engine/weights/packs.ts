/** Imported packs: what is there, whether it is still whole, and where its tensors lie. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError, MissingPackError, StudioError, throwIfCancelled } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { sha256OfFile } from '#engine/files/hash.ts';
import { type CataloguePack, type FeatureId, PACK_IDS, type PackId, packOf } from './catalogue.ts';
import { networkManifest, type WeightsId } from './manifests.ts';
import { type PackWeights, packFolder, readPackManifest } from './pack-manifest.ts';
import { openSafetensors, type StoredTensor } from './safetensors.ts';
import { explainSelection, isComplete, selectNetwork } from './select.ts';

/**
 * `ready`: all that the pack's features need is there. `incomplete`: some of its files were not imported yet.
 * `damaged`: its manifest or a file of it is broken or gone. `missing`: nothing of it is there.
 */
export type PackState = 'ready' | 'incomplete' | 'damaged' | 'missing';

export interface PackStatus {
  readonly id: PackId;
  readonly title: string;
  readonly state: PackState;
  /** Why the pack is damaged or incomplete. */
  readonly reason: string | undefined;
  readonly licence: string;
  readonly commercial: CataloguePack['commercial'];
  readonly page: string;
  readonly optional: boolean;
  readonly helper: boolean;
  readonly features: readonly FeatureId[];
  /** The published files that make up the pack, and what was imported from each. */
  readonly files: readonly {
    readonly name: string;
    readonly present: boolean;
    readonly weights: readonly PackWeights[];
  }[];
}

/**
 * The state of every pack, from the manifests and the sizes of the files: fast, without reading weights.
 * @param packs the folder of packs, see `findHome`
 */
export function listPacks(packs: string): Promise<readonly PackStatus[]> {
  return Promise.all(PACK_IDS.map((id) => packStatus(packs, id)));
}

export async function packStatus(packs: string, id: PackId): Promise<PackStatus> {
  const pack = packOf(id);
  const manifest = await readPackManifest(packs, id);
  const weights = typeof manifest === 'object' ? manifest.weights : [];
  const files = pack.files.map(({ name, networks }, part) => {
    const own = weights.filter((entry) => entry.part === part);
    const present = networks.every(
      ({ network, optional }) => optional || own.some((entry) => entry.network === network),
    );
    return { name, present, weights: own };
  });
  const { state, reason } = await judge();
  return {
    id,
    title: pack.title,
    state,
    reason,
    licence: pack.licence,
    commercial: pack.commercial,
    page: pack.page,
    optional: pack.optional ?? false,
    helper: pack.helper ?? false,
    features: pack.features,
    files,
  };

  async function judge(): Promise<{ state: PackState; reason: string | undefined }> {
    if (manifest === undefined) return { state: 'missing', reason: undefined };
    if (typeof manifest === 'string') return { state: 'damaged', reason: manifest };
    for (const entry of weights) {
      const found = await stat(weightsFile(packs, id, entry)).catch(() => undefined);
      if (found === undefined) return { state: 'damaged', reason: `${entry.file} is gone.` };
      if (found.size !== entry.bytes)
        return { state: 'damaged', reason: `${entry.file} has ${found.size} bytes instead of ${entry.bytes}.` };
    }
    const missing = files.filter(({ present }) => !present).map(({ name }) => name);
    if (missing.length > 0) return { state: 'incomplete', reason: `Not imported yet: ${missing.join(', ')}.` };
    return { state: 'ready', reason: undefined };
  }
}

/**
 * The packs without which a feature does not work, as far as they are not ready. Of a feature that has optional packs
 * only, one has to be there.
 */
export async function missingFor(packs: string, feature: FeatureId): Promise<readonly PackStatus[]> {
  const own = (await listPacks(packs)).filter(({ features }) => features.includes(feature));
  const required = own.filter(({ optional }) => !optional);
  const able = own.filter(({ helper }) => !helper);
  if (required.length === 0) return able.some(({ state }) => state === 'ready') ? [] : able;
  return required.filter(({ state }) => state !== 'ready');
}

export interface VerifyProgress {
  readonly pack: PackId;
  readonly file: string;
  /** 0..1 over all files. */
  readonly fraction: number;
}

export interface PackVerdict {
  readonly id: PackId;
  readonly state: PackState;
  /** What is wrong, one sentence each; empty for a whole pack. */
  readonly problems: readonly string[];
}

/** Reads every byte of every imported pack and compares it with the manifest. @throws CancelledError */
export async function verifyPacks(
  packs: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<readonly PackVerdict[]> {
  const present = (await listPacks(packs)).filter(({ state }) => state !== 'missing');
  const entries = present.flatMap(({ id, files }) =>
    files.flatMap(({ weights }) => weights.map((entry) => ({ id, entry }))),
  );
  const total = entries.reduce((sum, { entry }) => sum + entry.bytes, 0) || 1;
  const problems = new Map<PackId, string[]>(
    present.map(({ id, state, reason }) => [id, state === 'damaged' && reason !== undefined ? [reason] : []]),
  );
  let done = 0;
  for (const { id, entry } of entries) {
    throwIfCancelled(options.signal);
    options.onProgress?.({ pack: id, file: entry.file, fraction: done / total });
    const problem = await checkWeights(packs, id, entry, options.signal);
    const known = problems.get(id);
    if (problem !== undefined && !known?.some((text) => text.startsWith(entry.file))) known?.push(problem);
    done += entry.bytes;
  }
  return present.map(({ id, state }) => {
    const found = problems.get(id) ?? [];
    return { id, state: found.length > 0 ? 'damaged' : state, problems: found };
  });
}

async function checkWeights(
  packs: string,
  id: PackId,
  entry: PackWeights,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const file = weightsFile(packs, id, entry);
  try {
    await using opened = await openSafetensors(file);
    const part = packOf(id).files[entry.part]?.networks.find(({ network }) => network === entry.network)?.part;
    const selection = selectNetwork(opened, networkManifest(entry.network), { part });
    if (selection === undefined || !isComplete(selection))
      return `${entry.file} does not hold its network${selection ? `: ${explainSelection(selection)}` : ''}.`;
    const hash = await sha256OfFile(file, signal);
    return hash === entry.sha256 ? undefined : `${entry.file} was changed: its SHA-256 is ${hash}.`;
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof InputError) return `${entry.file}: ${error.message}`;
    throw error instanceof StudioError ? error : toStorageError(error, file);
  }
}

/** A tensor and the file it lies in. */
export interface LocatedTensor extends StoredTensor {
  readonly file: string;
}

/**
 * Where the tensors of a network lie, by upstream key: ranges of safetensors files, ready to be external data of a
 * graph. The headers are checked, the bytes are not read.
 * @throws MissingPackError naming the pack and where to get it, InputError when a file of it is broken
 */
export async function locateNetwork(packs: string, network: WeightsId): Promise<ReadonlyMap<string, LocatedTensor>> {
  const holders = PACK_IDS.filter((id) =>
    packOf(id).files.some(({ networks }) => networks.some((row) => row.network === network)),
  );
  const located = new Map<string, LocatedTensor>();
  for (const id of holders) {
    const manifest = await readPackManifest(packs, id);
    if (typeof manifest === 'string')
      throw new InputError(`The pack "${id}" is damaged. ${manifest}`, { action: 'Import it again.' });
    for (const entry of manifest?.weights ?? []) {
      if (entry.network !== network) continue;
      const file = weightsFile(packs, id, entry);
      await using opened = await openSafetensors(file);
      for (const tensor of opened.tensors.values()) located.set(tensor.name, { ...tensor, file });
    }
    if (located.size > 0) break;
  }
  const missing = [...networkManifest(network).tensors].find(([key, row]) => !row.constant && !located.has(key));
  if (missing !== undefined) {
    const [id] = holders;
    const pack = id && packOf(id);
    throw new MissingPackError(
      located.size === 0
        ? `The weights of "${networkManifest(network).title}" are not imported.`
        : `The weights of "${networkManifest(network).title}" are incomplete: "${missing[0]}" is missing.`,
      {
        action:
          pack &&
          `Get ${pack.files.map(({ name }) => name).join(' and ')} from ${pack.page}, then run "e4s models import".`,
      },
    );
  }
  return located;
}

/** Deletes an imported pack. @returns false when there was none @throws StorageError */
export async function removePack(packs: string, id: PackId): Promise<boolean> {
  const folder = packFolder(packs, id);
  const found = await stat(folder).catch(() => undefined);
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    throw toStorageError(error, folder);
  });
  return found !== undefined;
}

function weightsFile(packs: string, id: PackId, entry: PackWeights): string {
  return path.join(packFolder(packs, id), entry.file);
}
