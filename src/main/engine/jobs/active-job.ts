/** A job that waits or runs in this process. */
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfCancelled, toReport } from '#engine/errors.ts';
import { isLock, type Lock, tryLock } from '#engine/files/lock.ts';
import type { JobInfo } from '#shared/jobs.ts';
import type { JobPhase } from '#shared/video.ts';
import { analysedFrames } from './analyse-phase.ts';
import { listenForAsks } from './asks.ts';
import { cleanUp, keepFrames } from './clean-up.ts';
import { describeJob } from './describe-job.ts';
import type { FaceStore } from './face-store.ts';
import { isDiskFull } from './free-space.ts';
import type { JobFolder } from './job-folder.ts';
import { type RunOutcome, runJob } from './job-runner.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { createProgressMeter, type ProgressMeter, phasesOf } from './progress-meter.ts';
import type { StepChange, TuningWatch } from './run.ts';
import { finishedParts } from './segments.ts';
import { freeReserve, type StoredState, writeState } from './state.ts';
import { isTuned } from './tuned.ts';
import type { VideoEngine } from './video-engine.ts';

export interface ActiveJobOptions {
  readonly folder: JobFolder;
  readonly manifest: Manifest;
  readonly state: StoredState;
  readonly lock: Lock;
  /** It was made by the call that puts it into the queue. */
  readonly fresh: boolean;
  /** The lock of whoever runs a job. */
  readonly laneLock: string;
  readonly engine: VideoEngine;
  /** Hears of changes: every one of state, some of progress. */
  readonly onChange: () => void;
  readonly onFrame: (frame: number) => void;
  readonly tuning?: TuningWatch | undefined;
  readonly faces?: FaceStore | undefined;
}

/** Why a job is stopped from outside. */
export type Wish = 'pause' | 'cancel';

type StateChange = { readonly [K in keyof StoredState]?: StoredState[K] | undefined };

const WISH_MS = 100;
const LANE_LOOK_MS = 250;
const CHANGE_MS = 250;
const FRAME_MS = 500;
/** Other processes see the progress this often. */
const WRITE_MS = 2_000;

export class ActiveJob {
  readonly folder: JobFolder;
  /** The newest finished frame, for a live preview. */
  latest: { readonly frame: number; readonly pixels: Uint8Array<ArrayBuffer> } | undefined;

  readonly #options: ActiveJobOptions;
  readonly #controller = new AbortController();
  #manifest: Manifest;
  #state: StoredState;
  #meter: ProgressMeter | undefined;
  #wish: Wish | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #lastChange = 0;
  #lastFrame = 0;
  #lastWrite = 0;
  #unwritten = false;

  constructor(options: ActiveJobOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.#manifest = options.manifest;
    this.#state = options.state;
  }

  /** The folder refused the last word about the job: what `info` says is known to this process alone. */
  get unwritten(): boolean {
    return this.#unwritten;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  info(): JobInfo {
    return describeJob(
      this.#manifest,
      this.#state,
      true,
      this.#state.state === 'running' ? this.#meter?.now() : undefined,
    );
  }

  /** A cancel is not taken back by a later pause. */
  stop(wish: Wish): void {
    if (this.#wish !== 'cancel') this.#wish = wish;
    this.#controller.abort();
  }

  /** Waits for the lane, runs, and leaves the job in whatever state it then has. Never throws. */
  async run(): Promise<void> {
    const { folder, lock, laneLock } = this.#options;
    const { signal } = this.#controller;
    try {
      using _asks = listenForAsks(folder, (ask) => this.stop(ask));
      await using _lane = await takeLane(laneLock, signal);
      await this.#become({ state: 'running', error: undefined });
      this.#ended(await this.#runJob(signal), undefined);
    } catch (error) {
      // An interrupt from the keyboard reaches ffmpeg too, and its end may be seen before the wish to pause.
      await delay(WISH_MS);
      this.#ended(undefined, error);
    }
    // A process that was believed dead leaves the job to the one that took it over.
    if (await lock.isHeld()) await this.#settle();
    await lock[Symbol.asyncDispose]();
    this.#options.onChange();
  }

  async #runJob(signal: AbortSignal): Promise<RunOutcome> {
    const { folder, engine, lock, faces } = this.#options;
    const meter = createProgressMeter(phasesOf(this.#manifest, isTuned(this.#manifest)));
    this.#meter = meter;
    return runJob({
      ...{ folder, engine, signal, meter, faces },
      manifest: this.#manifest,
      fresh: this.#options.fresh,
      placing: this.#state.result,
      requireLock: async () => {
        if (!(await lock.isHeld())) throw new Error('Another process took this job over.');
      },
      listener: {
        progress: () => this.#progress(),
        frame: (frame, pixels) => this.#frame(frame, pixels),
        tuning: async (subject) => this.#options.tuning?.begin(folder.id, subject),
        step: (change) => this.#step(change),
      },
    });
  }

  #progress(): void {
    const now = performance.now();
    if (now - this.#lastChange < CHANGE_MS) return;
    this.#lastChange = now;
    this.#options.onChange();
    if (now - this.#lastWrite < WRITE_MS) return;
    this.#lastWrite = now;
    this.#state = { ...this.#state, framesDone: this.#meter?.now().framesDone ?? this.#state.framesDone };
    // Only for the eyes of others: a disk that refuses shows at the next part.
    this.#write().catch(() => undefined);
  }

  #frame(frame: number, pixels: Uint8Array): void {
    const now = performance.now();
    if (now - this.#lastFrame < FRAME_MS) return;
    this.#lastFrame = now;
    const kept = this.latest?.pixels.length === pixels.length ? this.latest.pixels : new Uint8Array(pixels.length);
    kept.set(pixels);
    this.latest = { frame, pixels: kept };
    this.#options.onFrame(frame);
  }

  async #step({ notices = [], ...change }: StepChange): Promise<void> {
    const all = [...new Set([...this.#state.notices, ...notices])];
    await this.#become({ ...change, notices: all });
  }

  async #become(change: StateChange): Promise<void> {
    this.#state = withChange(this.#state, change);
    this.#options.onChange();
    await this.#write();
  }

  /** One after the other: an older state never overtakes a newer one. */
  #write(): Promise<void> {
    const written = this.#writing.then(() => writeState(this.folder, this.#state));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #ended(outcome: RunOutcome | undefined, error: unknown): void {
    const change = ((): StateChange => {
      if (outcome?.kind === 'done') return { state: 'done', result: outcome.result, error: undefined };
      if (outcome?.kind === 'analysed') return { state: 'paused' };
      if (this.#wish) return { state: this.#wish === 'pause' ? 'paused' : 'cancelled' };
      return { state: isDiskFull(error) ? 'paused' : 'failed', error: toReport(error) };
    })();
    this.#state = withChange(this.#state, change);
  }

  /** The last word about the job, also on a full disk. */
  async #settle(): Promise<void> {
    const { folder } = this.#options;
    this.#manifest = (await readManifest(folder).catch(() => undefined)) ?? this.#manifest;
    await this.#writing;
    // Where even that cannot be read, what was counted last stands.
    const finished = await finishedFrames(folder, this.#manifest, this.#state.phase).catch(() => undefined);
    this.#state = { ...this.#state, framesDone: finished ?? this.#state.framesDone };
    try {
      if (this.#state.state === 'done') await keepFrames(folder, this.#manifest);
      await this.#write();
    } catch {
      await freeReserve(folder).catch(() => undefined);
      // Without this word the job reads as interrupted, and can be resumed as well.
      await this.#write().catch(() => {
        this.#unwritten = true;
      });
    }
    // What cannot be removed now goes with the job.
    await cleanUp(folder, this.#manifest, this.#state.state).catch(() => undefined);
  }
}

function withChange(state: StoredState, change: StateChange): StoredState {
  const { error, result, ...rest } = { ...state, ...change };
  return {
    ...(rest as Omit<StoredState, 'error' | 'result'>),
    ...(error === undefined ? {} : { error }),
    ...(result === undefined ? {} : { result }),
    changed: new Date().toISOString(),
  };
}

/** Frames that need not be worked on again. */
async function finishedFrames(folder: JobFolder, manifest: Manifest, phase: JobPhase): Promise<number> {
  const { first, end, partFrames } = manifest;
  if (phase === 'finish') return end - first;
  if (phase === 'analyse') return analysedFrames(folder, manifest);
  return Math.min(end - first, (await finishedParts(folder, manifest)).length * partFrames);
}

/** Waits until no other process runs a job. @throws CancelledError, StorageError */
async function takeLane(file: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    throwIfCancelled(signal);
    const answer = await tryLock(file);
    if (isLock(answer)) return answer;
    // Woken up by the signal, which the next turn sees.
    await delay(LANE_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
