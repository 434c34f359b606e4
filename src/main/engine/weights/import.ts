/** Importing published weights: files are recognised by content, converted once and added to their packs. */
import { createHash } from 'node:crypto';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { InputError, StorageError, throwIfCancelled } from '#engine/errors.ts';
import { CHUNK_BYTES, openFileSource, readChunks, toReadError } from './byte-source.ts';
import { PACK_IDS, type PackId, packOf, UNNEEDED_FILES } from './catalogue.ts';
import { convertSelection } from './convert.ts';
import { type Identification, identify } from './identify.ts';
import { networkManifest } from './manifests.ts';
import { openTensorFile, sniffLayout } from './open.ts';
import { type PackWeights, packFolder, readPackManifest, writePackManifest } from './pack-manifest.ts';
import { listPacks, type PackStatus, packStatus } from './packs.ts';
import { explainSelection } from './select.ts';
import type { TensorFile } from './tensor-file.ts';
import { ForeignArchiveError } from './torch/zip-checkpoint.ts';

export const OUTCOMES = {
  imported: 'added to its pack',
  present: 'imported before',
  kept: 'another file of this kind is imported already',
  incomplete: 'a known network, but not all of it',
  unknown: 'weights of no network that the studio knows',
  refused: 'damaged or not allowed',
  unneeded: 'not needed',
} as const;
export type Outcome = keyof typeof OUTCOMES;

export interface ImportedFile {
  /** Relative to the folder that was imported, or the file's name. */
  readonly file: string;
  readonly outcome: Outcome;
  readonly pack: PackId | undefined;
  /** One sentence. */
  readonly message: string;
}

export interface ImportReport {
  readonly files: readonly ImportedFile[];
  /** Files in the folder that are no weights at all. */
  readonly ignored: number;
  /** Every pack after the import. */
  readonly packs: readonly PackStatus[];
}

export interface ImportProgress {
  readonly file: string;
  /** Which of how many weights files. */
  readonly index: number;
  readonly count: number;
  readonly step: 'read' | 'convert';
  /** 0..1 within the step. */
  readonly fraction: number;
}

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Takes the place of what an earlier import from another file left. */
  readonly replace?: boolean | undefined;
}

const MAX_DEPTH = 8;
const MAX_FILES = 20_000;
const SNIFF_BYTES = 512;
/** What the file system needs beside the weights themselves. */
const SPARE_BYTES = 64 << 20;
/** A temporary file that nobody wrote to for so long belongs to no import that still runs. */
const ABANDONED_MS = 3_600_000;

/**
 * Imports one file, or every weights file of a folder and its subfolders. A file that is damaged or unknown ends up in
 * the report and does not stop the others; what was imported before it stays.
 * @param packs the folder of packs, see `findHome`
 * @throws InputError when `from` is not there, StorageError, CancelledError
 */
export async function importPath(packs: string, from: string, options: ImportOptions = {}): Promise<ImportReport> {
  const { candidates, unneeded, ignored } = await findCandidates(from, options.signal);
  const files: ImportedFile[] = [...unneeded];
  for (const [index, candidate] of candidates.entries()) {
    throwIfCancelled(options.signal);
    const report = (step: ImportProgress['step'], fraction: number): void =>
      options.onProgress?.({ file: candidate.name, index, count: candidates.length, step, fraction });
    try {
      const row = await importFile(packs, candidate.path, options, report);
      files.push({ file: candidate.name, ...row, message: row.message + misnamed(candidate.name, row.pack) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const outcome = error instanceof ForeignArchiveError ? 'unknown' : 'refused';
      files.push({ file: candidate.name, outcome, pack: undefined, message: error.message });
    }
  }
  return { files, ignored, packs: await listPacks(packs) };
}

/** The pack that publishes a file under this name. */
const ownerOf = (name: string): PackId | undefined =>
  PACK_IDS.find((id) => packOf(id).files.some((file) => path.posix.basename(file.name) === path.basename(name)));

/** A remark for a file that holds something else than its published name says. */
function misnamed(name: string, holds: PackId | undefined): string {
  const owner = ownerOf(name);
  return owner === undefined || owner === holds ? '' : ` A file of this name should hold "${packOf(owner).title}".`;
}

interface Candidate {
  readonly path: string;
  readonly name: string;
}

async function findCandidates(
  from: string,
  signal: AbortSignal | undefined,
): Promise<{ candidates: Candidate[]; unneeded: ImportedFile[]; ignored: number }> {
  const root = await stat(from).catch((error: unknown) => {
    throw toReadError(error, from);
  });
  if (!root.isDirectory()) return { candidates: [{ path: from, name: path.basename(from) }], unneeded: [], ignored: 0 };
  const candidates: Candidate[] = [];
  const unneeded: ImportedFile[] = [];
  let ignored = 0;
  for (const name of await walk(from, signal)) {
    const file = path.join(from, name);
    const why = UNNEEDED_FILES.get(path.basename(name));
    if (why !== undefined)
      unneeded.push({ file: name, outcome: 'unneeded', pack: undefined, message: `Not needed: ${why}.` });
    else if (await looksLikeWeights(file)) candidates.push({ path: file, name });
    else ignored++;
  }
  const ranks = new Map<Candidate, number>();
  for (const candidate of candidates) ranks.set(candidate, await rank(candidate));
  const rankOf = (candidate: Candidate) => ranks.get(candidate) ?? 0;
  return { candidates: candidates.toSorted((a, b) => rankOf(a) - rankOf(b)), unneeded, ignored };
}

/**
 * Files that hold what their published name says come first, files that hold something else last: neither a tuned copy
 * nor a file that got a wrong name may take the place of the original.
 */
async function rank({ name, path: file }: Candidate): Promise<number> {
  const owner = ownerOf(name);
  if (owner === undefined) return 1;
  try {
    await using opened = await openTensorFile(file);
    return identify(opened)?.pack === owner ? 0 : 2;
  } catch (error) {
    // The import itself says what is wrong with it.
    if (error instanceof InputError) return 2;
    throw error;
  }
}

/** Regular files below a folder, relative to it, in order. Folders behind links are not entered. */
async function walk(root: string, signal: AbortSignal | undefined): Promise<string[]> {
  const found: string[] = [];
  const visit = async (relative: string, depth: number): Promise<void> => {
    throwIfCancelled(signal);
    const folder = path.join(root, relative);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw toReadError(error, folder);
    });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.join(relative, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await visit(name, depth + 1);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(name);
      if (found.length > MAX_FILES)
        throw new InputError(`There are more than ${MAX_FILES} files in this folder.`, {
          file: root,
          action: 'Choose the folder of the weights itself.',
        });
    }
  };
  await visit('', 0);
  return found;
}

async function looksLikeWeights(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  await using source = await openFileSource(file);
  return sniffLayout(await source.read(0, Math.min(SNIFF_BYTES, source.size))) !== undefined;
}

type Report = (step: ImportProgress['step'], fraction: number) => void;

async function importFile(
  packs: string,
  file: string,
  options: ImportOptions,
  report: Report,
): Promise<Omit<ImportedFile, 'file'>> {
  await using opened = await openTensorFile(file);
  const found = identify(opened);
  if (found === undefined) {
    return { outcome: 'unknown', pack: undefined, message: 'These are weights of no network that the studio knows.' };
  }
  const { pack, part } = found;
  const { title } = packOf(pack);
  if (!found.complete) {
    const reasons = found.networks.map(({ selection }) => explainSelection(selection)).filter((text) => text !== '');
    return {
      outcome: 'incomplete',
      pack,
      message: `This resembles "${title}", but is not whole: ${reasons.join('; ')}.`,
    };
  }
  const sha256 = await hashFile(file, options.signal, (fraction) => report('read', fraction));
  const before = await readPackManifest(packs, pack);
  const weights = typeof before === 'object' ? before.weights : [];
  const same = weights.filter((entry) => entry.part === part);
  const isWhole =
    (await packStatus(packs, pack)).state !== 'damaged' && (await areUnchanged(packs, pack, same, options));
  if (isWhole && same.length > 0 && !options.replace) {
    return same.some(({ source }) => source.sha256 === sha256)
      ? { outcome: 'present', pack, message: `"${title}" was imported from this file before.` }
      : {
          outcome: 'kept',
          pack,
          message: `"${title}" was imported from another file, ${same[0]?.source.name}; that one is kept.`,
        };
  }
  const added = await convertAll(packs, opened, found, sha256, options, report);
  const kept = weights.filter((entry) => entry.part !== part);
  const { licence, commercial } = packOf(pack);
  await writePackManifest(packs, {
    format: 'e4s-pack',
    version: 1,
    id: pack,
    licence,
    commercial,
    imported: new Date().toISOString(),
    weights: [...kept, ...added],
  });
  await removeUnlisted(packFolder(packs, pack), new Set([...kept, ...added].map((entry) => entry.file)));
  return { outcome: 'imported', pack, message: `"${title}" was imported.` };
}

/** Weights that were changed on the disk are as good as missing: importing again is how they are repaired. */
async function areUnchanged(
  packs: string,
  pack: PackId,
  weights: readonly PackWeights[],
  { signal }: ImportOptions,
): Promise<boolean> {
  for (const { file, sha256 } of weights) {
    const found = await hashFile(path.join(packFolder(packs, pack), file), signal);
    if (found !== sha256) return false;
  }
  return true;
}

/** Converts every network of an identified file into files whose names tell the source: nothing in use is replaced. */
async function convertAll(
  packs: string,
  file: TensorFile,
  { pack, part, networks }: Identification,
  sha256: string,
  options: ImportOptions,
  report: Report,
): Promise<PackWeights[]> {
  const sizes = networks.map(({ selection }) =>
    [...selection.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  await checkSpace(packs, total);
  const added: PackWeights[] = [];
  let before = 0;
  for (const [index, { network, selection }] of networks.entries()) {
    const name = `${network.network}-${sha256.slice(0, 12)}.safetensors`;
    const source = { name: path.basename(file.file), bytes: file.size, sha256, layout: file.layout };
    const { title } = networkManifest(network.network);
    const written = await convertSelection(file, selection, title, path.join(packFolder(packs, pack), name), {
      metadata: { network: network.network, source: source.name, source_sha256: sha256 },
      signal: options.signal,
      onBytes: (done) => report('convert', (before + done) / total),
    });
    added.push({
      network: network.network,
      part,
      file: name,
      ...written,
      tensors: selection.tensors.size,
      source: { ...source, container: selection.container },
    });
    before += sizes[index] ?? 0;
  }
  return added;
}

/** A conversion that would not fit is refused before it begins. */
async function checkSpace(packs: string, bytes: number): Promise<void> {
  let folder = path.resolve(packs);
  while (!(await stat(folder).catch(() => undefined)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  const space = await statfs(folder).catch(() => undefined);
  const needed = bytes + SPARE_BYTES;
  if (space === undefined || space.bavail * space.bsize >= needed) return;
  const mebibytes = (value: number): number => Math.round(value / 2 ** 20);
  throw new StorageError(
    `The disk has ${mebibytes(space.bavail * space.bsize)} MiB left, about ${mebibytes(needed)} MiB are needed.`,
    { file: packs, action: 'Free some space, or set E4S_HOME to a folder on another disk.' },
  );
}

async function hashFile(
  file: string,
  signal: AbortSignal | undefined,
  onFraction?: (fraction: number) => void,
): Promise<string> {
  await using source = await openFileSource(file);
  const hash = createHash('sha256');
  let done = 0;
  for await (const piece of readChunks(source, 0, source.size, signal)) {
    hash.update(piece);
    done += piece.length;
    if (done % (8 * CHUNK_BYTES) === 0 || done === source.size) onFraction?.(done / source.size);
  }
  return hash.digest('hex');
}

/**
 * Weights that no manifest names any more, and what an import that was killed left behind. A file that is still in use
 * (Windows) goes with the next import.
 */
async function removeUnlisted(folder: string, listed: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    const isAbandoned = name.endsWith('.tmp') && found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
    if (isAbandoned || (name.endsWith('.safetensors') && !listed.has(name))) {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
}
