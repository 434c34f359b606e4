/**
 * The folder of one tuning: its checkpoint, its record of losses, the features of its targets, and the tuned weights at
 * the end. Nothing of it lies elsewhere, so tunings never touch each other.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import type { NamedTensors } from './kept-tensors.ts';
import type { ScheduleState } from './schedule.ts';
import { isTuningFile, loadTuning, type SavedTuning, saveTuning, type TuningState } from './tuning-run.ts';

const count = z.int().min(0);
const scheduleStateSchema = z.strictObject({
  stage: count,
  made: count,
  loss: z.number(),
  likeness: z.number(),
  best: z.number().nullable(),
  idle: count,
  halvings: count,
  ended: z.array(z.enum(['passes', 'likeness', 'plateau'])),
}) satisfies z.ZodType<ScheduleState>;

/** The losses of one update, as the curves show them. */
export interface LossRecord {
  readonly update: number;
  readonly frame: number;
  readonly losses: Readonly<Record<string, number>>;
}

export interface Checkpoint {
  readonly state: TuningState;
  readonly schedule: ScheduleState;
}

export class TuningFolder {
  readonly #folder: string;
  /** What the tuning is about; a checkpoint of something else is not taken up. */
  readonly #fingerprint: string;

  constructor(folder: string, fingerprint: string) {
    this.#folder = folder;
    this.#fingerprint = fingerprint;
  }

  get featuresFolder(): string {
    return path.join(this.#folder, 'features');
  }

  /** The tuned weights; there when tuning is done. They can be copied, and used as resume weights elsewhere. */
  get tunedFile(): string {
    return path.join(this.#folder, 'tuned.safetensors');
  }

  get #checkpointFile(): string {
    return path.join(this.#folder, 'checkpoint.safetensors');
  }

  get #recordFile(): string {
    return path.join(this.#folder, 'losses.jsonl');
  }

  /** Writes weights, moments and schedule, whole or not at all, and the losses up to there. @throws StorageError */
  async save({ state, schedule }: Checkpoint, records: readonly LossRecord[]): Promise<void> {
    await this.#saveRecords(records.filter(({ update }) => update <= state.updates));
    await saveTuning(this.#checkpointFile, state, {
      schedule: JSON.stringify(schedule),
      fingerprint: this.#fingerprint,
    });
  }

  /**
   * The last checkpoint of this very tuning; undefined when there is none.
   * @throws InputError when it is there and damaged
   */
  async load(shapes: ReadonlyMap<string, readonly number[]>): Promise<Checkpoint | undefined> {
    if (!(await this.#fits(this.#checkpointFile))) return undefined;
    const saved: SavedTuning = await loadTuning(this.#checkpointFile, shapes);
    const schedule = scheduleStateSchema.safeParse(JSON.parse(saved.notes.get('schedule') ?? 'null'));
    if (!schedule.success)
      throw new InputError('The schedule in this checkpoint is damaged.', { file: this.#checkpointFile });
    const { updates, tensors, precision } = saved;
    return { state: { updates, tensors, precision }, schedule: schedule.data };
  }

  /** The losses of the first updates of this tuning. */
  async records(updates: number): Promise<LossRecord[]> {
    const text = await readFile(this.#recordFile, 'utf8').catch(() => '');
    const rows = text.split('\n').filter((line) => line !== '');
    return rows.map((line) => JSON.parse(line) as LossRecord).filter(({ update }) => update <= updates);
  }

  /** Updates behind the tuned weights, when they are there and of this very tuning. */
  async finished(): Promise<number | undefined> {
    if (!(await this.#fits(this.tunedFile))) return undefined;
    await using opened = await openSafetensors(this.tunedFile);
    return opened.metadata.get('ended') === 'diverged' ? undefined : Number(opened.metadata.get('updates'));
  }

  /**
   * Writes the tuned weights and throws away what only tuning needs.
   * @param extra tensors that go with them @param ended why tuning ended
   */
  async finish(
    updates: number,
    tensors: NamedTensors,
    records: readonly LossRecord[],
    ended: 'done' | 'stopped' | 'diverged',
  ): Promise<void> {
    await this.#saveRecords(records);
    await saveTuning(this.tunedFile, { updates, tensors }, { fingerprint: this.#fingerprint, ended });
    await this.clear();
  }

  /** Removes checkpoint and features. */
  async clear(): Promise<void> {
    await rm(this.#checkpointFile, { force: true });
    await rm(this.featuresFolder, { recursive: true, force: true });
  }

  async #saveRecords(records: readonly LossRecord[]): Promise<void> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFileAtomic(this.#recordFile, text, { makeFolder: true });
  }

  async #fits(file: string): Promise<boolean> {
    const opened = await openSafetensors(file).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    if (opened === undefined) return false;
    await using whole = opened;
    return isTuningFile(whole.metadata) && whole.metadata.get('fingerprint') === this.#fingerprint;
  }
}
