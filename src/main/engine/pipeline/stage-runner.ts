import { performance } from 'node:perf_hooks';
import { throwIfCancelled } from '#engine/errors.ts';
import type { SwapResult } from '#shared/contract.ts';
import { STAGE_IDS, type StageId } from '#shared/stages.ts';
import { beginPeak } from './peak-memory.ts';
import type { RunOptions } from './run-options.ts';
import type { StageCache } from './stage-cache.ts';

export type StageTime = SwapResult['times'][number];

/** Stages whose values depend on one face alone share their entries: a face may be source now and target next. */
const FAMILY: Partial<Record<StageId, StageId>> = { source: 'align', 'parse-source': 'parse-target' };

/** Lets pending messages (a cancel, a question for the engine's health) in between heavy steps. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Runs the stages of one request: from the cache where the key is known, with progress and times, and never after a
 * cancel.
 */
export class StageRunner {
  readonly times: StageTime[] = [];
  readonly signal: AbortSignal | undefined;
  readonly #cache: Pick<StageCache, 'get' | 'set'>;
  readonly #options: RunOptions;
  readonly #faces: number;
  #face = 0;
  #begun = 0;

  constructor(cache: Pick<StageCache, 'get' | 'set'>, options: RunOptions, faces: number) {
    this.#cache = cache;
    this.#options = options;
    this.#faces = faces;
    this.signal = options.signal;
  }

  /** Names the face that the following stages belong to, counted from 0. */
  beginFace(face: number): void {
    this.#face = face;
    this.#begun = 0;
  }

  /**
   * The stage's value, from the cache where its key is known.
   * @param key names everything that the value depends on
   * @throws CancelledError
   */
  async run<T>(stage: StageId, key: string, compute: () => Promise<T> | T): Promise<T> {
    throwIfCancelled(this.signal);
    const fullKey = `${FAMILY[stage] ?? stage}:${key}`;
    const known = this.#cache.get(fullKey);
    if (known !== undefined) {
      this.#report(stage);
      this.times.push({ stage, ms: 0, cached: true });
      return known as T;
    }
    const value = await this.measure(stage, compute);
    this.#cache.set(fullKey, value);
    return value;
  }

  /**
   * A stage that is never cached, with progress and time.
   * @throws CancelledError
   */
  async measure<T>(stage: StageId, compute: () => Promise<T> | T): Promise<T> {
    this.#report(stage);
    await breathe();
    throwIfCancelled(this.signal);
    const peak = this.#options.measureMemory ? beginPeak() : undefined;
    const start = performance.now();
    const value = await compute();
    const time = { stage, ms: performance.now() - start, cached: false };
    this.times.push(peak ? { ...time, peakBytes: peak() } : time);
    throwIfCancelled(this.signal);
    return value;
  }

  #report(stage: StageId): void {
    const done = Math.min(this.#begun++, STAGE_IDS.length - 1) / STAGE_IDS.length;
    this.#options.onProgress?.({
      type: 'progress',
      face: this.#face,
      faces: this.#faces,
      stage,
      fraction: (this.#face + done) / this.#faces,
    });
  }
}
