/**
 * Tuned weights that are kept for later: files of this studio, and official ones, which are converted. Each has an id
 * made of what is in it, so the same weights are kept once.
 */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { LATENT_AVERAGE_SHAPE } from '#engine/networks/region-mlps.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { readResumeWeights } from './resume-weights.ts';
import { trainedTensors } from './trainable.ts';
import { readParams, type TuningNetworks } from './tuning-networks.ts';
import { saveTuning } from './tuning-run.ts';

export interface KeptWeights {
  readonly id: string;
  /** The name of the file they came from. */
  readonly name: string;
  readonly bytes: number;
}

const ENDING = '.safetensors';
const ID = /^[0-9a-f]{24}$/;

export class TunedStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Takes weights in.
   * @param networks of the checkpoint that they must fit @param size of its generator
   * @throws InputError that says what is wrong with the file, StorageError
   */
  async add(file: string, networks: Pick<TuningNetworks, 'params' | 'folder'>, size = 1024): Promise<KeptWeights> {
    const average = await readParams(networks, new Map([['latent_avg', LATENT_AVERAGE_SHAPE]]));
    const shapes = trainedTensors(size);
    const { tensors } = await readResumeWeights(file, shapes, average['latent_avg'] as TensorData);
    const hash = createHash('sha256');
    for (const name of shapes.keys()) {
      const { data } = tensors[name] as TensorData;
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    const id = hash.digest('hex').slice(0, 24);
    const name = path.basename(file);
    await saveTuning(
      path.join(this.#folder, `${id}${ENDING}`),
      { updates: 0, tensors: { ...tensors, ...average } },
      { name },
    );
    return { id, name, bytes: (await stat(this.fileOf(id))).size };
  }

  /** @throws InputError for what is no id of these */
  fileOf(id: string): string {
    if (!ID.test(id)) throw new InputError(`"${id}" names no tuned weights.`);
    return path.join(this.#folder, `${id}${ENDING}`);
  }

  async list(): Promise<KeptWeights[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const kept: KeptWeights[] = [];
    for (const id of names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length))) {
      if (!ID.test(id)) continue;
      await using opened = await openSafetensors(this.fileOf(id));
      kept.push({ id, name: opened.metadata.get('name') ?? id, bytes: opened.size });
    }
    return kept;
  }

  /** @throws StorageError */
  async remove(id: string): Promise<void> {
    const file = this.fileOf(id);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw toStorageError(error, file);
    });
  }
}
