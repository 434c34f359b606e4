/** Where windows watch and steer the tuning of jobs: live where this process tunes, from the job's folder otherwise. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UsageError } from '#engine/errors.ts';
import { writeStreamAtomic } from '#engine/files/atomic.ts';
import { jobFolder } from '#engine/jobs/job-folder.ts';
import type { TuningSeat, TuningSubject, TuningWatch } from '#engine/jobs/run.ts';
import { TuningPictures } from '#engine/jobs/tuning-pictures.ts';
import { findTuned, readClipFrames, readRows, writeClipFrames } from '#engine/jobs/tuning-record.ts';
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import type { TuningPicture, TuningWatchEvent } from '#shared/contract-tuning.ts';
import type { JobId } from '#shared/jobs.ts';
import type { LossRow, TuningInfo } from '#shared/tuning.ts';
import { LiveTuning } from './live-tuning.ts';

type Listener = (event: TuningWatchEvent) => void;

interface Known {
  readonly info: TuningInfo;
  readonly rows: readonly LossRow[];
}

export class TuningDesk implements TuningWatch {
  readonly #jobs: string;
  readonly #live = new Map<JobId, LiveTuning>();
  readonly #listeners = new Map<JobId, Set<Listener>>();

  /** @param jobs the folder of all jobs */
  constructor(jobs: string) {
    this.#jobs = jobs;
  }

  /** @throws StorageError; the seat's end throws what writing its pictures threw */
  async begin(id: JobId, subject: TuningSubject): Promise<TuningSeat> {
    const folder = this.#folder(id);
    await writeClipFrames(folder, subject.clipFrames);
    const { info, rows } = await this.#stored(id);
    const live = new LiveTuning({
      info: { ...info, running: true, total: 0, tuned: null },
      rows,
      subject,
      pictures: new TuningPictures(folder),
      onChange: (records) => this.#emit(id, { type: 'more', info: live.info, records }),
    });
    this.#live.set(id, live);
    this.#emit(id, { type: 'all', info: live.info, records: [...rows] });
    return {
      tell: (event) => live.take(event),
      wish: () => (live.info.finishing ? 'finish' : undefined),
      watchedFrame: () => live.watchedFrame,
      [Symbol.asyncDispose]: async () => {
        try {
          await live.settled();
        } finally {
          this.#live.delete(id);
          const ended = await this.#stored(id);
          this.#emit(id, { type: 'all', info: ended.info, records: [...ended.rows] });
        }
      },
    };
  }

  /** Everything there is, first; then what comes. Returns how to stop. */
  async watch(id: JobId, listener: Listener): Promise<() => void> {
    const { info, rows } = this.#live.get(id) ?? (await this.#stored(id));
    const own = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, own.add(listener));
    listener({ type: 'all', info, records: [...rows] });
    return () => {
      own.delete(listener);
      if (own.size === 0) this.#listeners.delete(id);
    };
  }

  /** @param frame of the clip @returns whether there is a tuning that will show it */
  look(id: JobId, frame: number): boolean {
    const live = this.#live.get(id);
    live?.look(frame);
    return live !== undefined;
  }

  /** Ends the tuning with what there is; the job goes on. @throws UsageError where this process does not tune it */
  finishNow(id: JobId): TuningInfo {
    const live = this.#live.get(id);
    if (live === undefined) throw new UsageError('This job is not being tuned at the moment.');
    live.finish();
    return live.info;
  }

  /** @throws UsageError before the first picture */
  picture(id: JobId, which: TuningPicture, maxSide: number): Promise<EncodedPicture> {
    return new TuningPictures(this.#folder(id)).read(which, maxSide);
  }

  /** Copies the tuned weights; the job keeps its own. @throws UsageError, StorageError */
  async export(id: JobId, to: string): Promise<{ readonly bytes: number; readonly updates: number }> {
    const tuned = await findTuned(this.#folder(id));
    if (tuned === undefined)
      throw new UsageError('This job has no tuned weights yet.', { action: 'Let its tuning finish first.' });
    await writeStreamAtomic(to, createReadStream(tuned.file, { highWaterMark: 1 << 20 }));
    return { bytes: (await stat(to)).size, updates: tuned.updates };
  }

  #folder(id: JobId): string {
    return jobFolder(this.#jobs, id).tuning;
  }

  #emit(id: JobId, event: TuningWatchEvent): void {
    for (const listener of this.#listeners.get(id) ?? []) listener(event);
  }

  async #stored(id: JobId): Promise<Known> {
    const folder = this.#folder(id);
    const [rows, tuned, shown, frames] = await Promise.all([
      readRows(folder),
      findTuned(folder),
      new TuningPictures(folder).shown(),
      readClipFrames(folder),
    ]);
    const updates = tuned?.updates ?? rows.at(-1)?.update ?? 0;
    const info: TuningInfo = {
      job: id,
      running: false,
      stage: null,
      preparing: null,
      updates,
      total: updates,
      updatesPerSecond: null,
      secondsLeft: null,
      frames: [...(frames ?? [])],
      picture: shown ?? null,
      saved: null,
      tuned: tuned === undefined ? null : { updates: tuned.updates, ended: tuned.ended },
      finishing: false,
    };
    return { info, rows };
  }
}
