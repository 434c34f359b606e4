/**
 * The refined style vectors of open photos, by pair and face. They are kept in the data folder, one small file each, and
 * are in use again when the same face is opened; taking them back removes them there, too.
 */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { codeOf, toStorageError, writeFileAtomic } from '#engine/files/atomic.ts';
import type { PhotoId } from '#shared/contract.ts';
import type { RefineSide } from '#shared/contract-refine.ts';
import { encodeRefined, type RefinedFace, type RefinedIdentity, readRefined, refinedId } from './refined-face.ts';
import type { RefinedVectors } from './run-pair.ts';

const ENDING = '.safetensors';
const FILE = /^[0-9a-f]{24}\.safetensors$/;
/** 64 MB; the ones that were written longest ago go first. */
const MOST_FACES = 1000;

export interface KeptFace {
  readonly id: string;
  readonly side: RefineSide;
  /** The photo, as its user knows it. */
  readonly name: string;
  readonly bytes: number;
}

/** The folder of refined faces. Files in it are not trusted: what is no whole file of this studio counts as absent. */
export class RefinedFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(identity: RefinedIdentity): Promise<RefinedFace | undefined> {
    const id = refinedId(identity);
    const found = await this.#open(id);
    return found !== undefined && refinedId(found.identity) === id ? found : undefined;
  }

  /** Whole or not at all. @throws StorageError */
  async write(face: RefinedFace): Promise<void> {
    await writeFileAtomic(this.#file(refinedId(face.identity)), encodeRefined(face), { makeFolder: true });
    const files = await this.#files();
    if (files.length <= MOST_FACES) return;
    const dated = await Promise.all(files.map(async (id) => ({ id, at: (await stat(this.#file(id))).mtimeMs })));
    const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, files.length - MOST_FACES);
    for (const { id } of oldest) await this.remove(id);
  }

  /** @throws InputError for what is no id, StorageError */
  async remove(id: string): Promise<void> {
    const file = this.#file(id);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw toStorageError(error, file);
    });
  }

  /** @throws StorageError when the system refuses to read the folder */
  async list(): Promise<KeptFace[]> {
    const kept: KeptFace[] = [];
    for (const id of await this.#files()) {
      const face = await this.#open(id);
      if (face === undefined) continue;
      const { size } = await stat(this.#file(id));
      kept.push({ id, side: face.identity.side, name: face.name, bytes: size });
    }
    return kept;
  }

  /** Removes all, the damaged ones too. @returns how many there were @throws StorageError */
  async clear(): Promise<number> {
    const files = await this.#files();
    for (const id of files) await this.remove(id);
    return files.length;
  }

  /** @throws StorageError when the system refuses to read the folder */
  async isEmpty(): Promise<boolean> {
    return (await this.#files()).length === 0;
  }

  #file(id: string): string {
    if (!FILE.test(`${id}${ENDING}`)) throw new InputError(`"${id}" names no refined face.`);
    return path.join(this.#folder, `${id}${ENDING}`);
  }

  async #files(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw toStorageError(error, this.#folder);
    });
    return names.filter((name) => FILE.test(name)).map((name) => name.slice(0, -ENDING.length));
  }

  async #open(id: string): Promise<RefinedFace | undefined> {
    return await readRefined(this.#file(id)).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
  }
}

interface Known {
  readonly mark: string;
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** The same numbers have the same mark: what was made with them is found again. */
const known = (vectors: Float32Array<ArrayBuffer>): Known => ({
  mark: `refined ${createHash('sha256').update(vectors).digest('hex').slice(0, 16)}`,
  vectors,
});

export class RefinedStore implements RefinedVectors {
  readonly #known = new Map<string, Known>();
  /** Vectors that were handed in, by the id of what they belong to. */
  readonly #given = new Map<string, RefinedFace>();
  readonly #folder: RefinedFolder;

  constructor(folder: RefinedFolder) {
    this.#folder = folder;
  }

  get(key: string): Known | undefined {
    return this.#known.get(key);
  }

  /** Vectors from elsewhere, for whichever face they belong to; they are not kept. */
  give(face: RefinedFace): void {
    this.#given.set(refinedId(face.identity), face);
  }

  /**
   * Takes up what was handed in for a face, or else what is kept of it.
   * @param identity asked for only where there may be something @param kept also look into the folder
   * @throws StorageError when that is not to be read
   */
  async recall(key: string, identity: () => Promise<RefinedIdentity>, kept: boolean): Promise<void> {
    if (this.#known.has(key)) return;
    if (this.#given.size === 0 && (!kept || (await this.#folder.isEmpty()))) return;
    const wanted = await identity();
    const face = this.#given.get(refinedId(wanted)) ?? (kept ? await this.#folder.read(wanted) : undefined);
    if (face !== undefined) this.#known.set(key, known(face.vectors));
  }

  /**
   * Puts vectors to use and keeps them.
   * @throws StorageError when they cannot be kept; they are in use nevertheless
   */
  async set(key: string, face: RefinedFace): Promise<void> {
    this.#known.set(key, known(face.vectors));
    await this.#folder.write(face);
  }

  /** Gives back what the encoder found, now and when the face is opened again. @throws StorageError */
  async takeBack(key: string, identity: RefinedIdentity): Promise<void> {
    this.#known.delete(key);
    this.#given.delete(refinedId(identity));
    await this.#folder.remove(refinedId(identity));
  }

  list(): Promise<KeptFace[]> {
    return this.#folder.list();
  }

  /** Takes back everything, kept or not. @returns how many faces were kept @throws StorageError */
  clear(): Promise<number> {
    this.#known.clear();
    this.#given.clear();
    return this.#folder.clear();
  }

  /** Closes a photo: everything that has to do with it leaves the memory. */
  forget(photo: PhotoId): void {
    for (const key of this.#known.keys()) if (key.includes(`${photo}#`)) this.#known.delete(key);
  }
}
