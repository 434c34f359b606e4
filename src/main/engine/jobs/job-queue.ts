/** The queue of this process over the jobs' folder that all processes share. */
import { readdir, rename, rm } from 'node:fs/promises';
import { UsageError } from '#engine/errors.ts';
import { DamagedRecordError } from '#engine/face/tracks/observation-codec.ts';
import { codeOf } from '#engine/files/atomic.ts';
import { isLock, type Lock, lockOwner, tryLock } from '#engine/files/lock.ts';
import { type JobId, type JobInfo, jobIdSchema } from '#shared/jobs.ts';
import { ActiveJob, type Wish } from './active-job.ts';
import { START_OVER } from './advice.ts';
import { analysedFrames, lookedCount, readAnalysis, takeSeen } from './analyse-phase.ts';
import { askOwner, forgetAsks } from './asks.ts';
import { cleanUp } from './clean-up.ts';
import { actualState, damagedJob, describeJob } from './describe-job.ts';
import { DRAFT_MS, isLeftDraft, lastUse, noteUse } from './drafts.ts';
import { type FaceStore, openFaceStore } from './face-store.ts';
import { checkTargetQuickly } from './file-identity.ts';
import { createFrameViews, type FrameViews } from './frame-views.ts';
import { requireRoom } from './free-space.ts';
import { afterAnalysis, changeJob, startAnew } from './job-changes.ts';
import { type JobFolder, jobFolder, laneLock, UNFINISHED } from './job-folder.ts';
import { requireSources } from './job-runner.ts';
import { jobTimeline } from './job-timeline.ts';
import type { JobChange, JobEvent, JobQueue, JobRequest } from './jobs.ts';
import { makeJob } from './make-job.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import type { TuningWatch } from './run.ts';
import { saveResult } from './save-result.ts';
import { finishedParts } from './segments.ts';
import { madeWith, requireSame } from './start-checks.ts';
import { makeReserve, readState, type StoredState, writeState } from './state.ts';
import type { VideoEngine } from './video-engine.ts';

export interface JobQueueOptions {
  /** The folder of all jobs, `Home.jobs`. */
  readonly jobs: string;
  /** Closed by its owner, after the queue. */
  readonly engine: VideoEngine;
  /** Watches and steers the tunings of this queue's jobs. */
  readonly tuning?: TuningWatch | undefined;
  /** Where to keep what was seen of clips, for further jobs on them; without it each job looks for itself. */
  readonly faces?: string | undefined;
}

/** Nothing is read or run before the first call. */
export const openJobQueue = (options: JobQueueOptions): JobQueue => new FolderJobQueue(options);

interface Known {
  readonly folder: JobFolder;
  readonly manifest: Manifest;
  readonly state: StoredState;
}

class FolderJobQueue implements JobQueue {
  readonly #jobs: string;
  readonly #engine: VideoEngine;
  readonly #tuning: TuningWatch | undefined;
  readonly #faces: FaceStore | undefined;
  readonly #views: FrameViews;
  readonly #active = new Map<JobId, { readonly job: ActiveJob; readonly over: Promise<void> }>();
  readonly #listeners = new Set<(event: JobEvent) => void>();
  /** The jobs of this process, one after the other. */
  #lane: Promise<void> = Promise.resolve();

  constructor({ jobs, engine, tuning, faces }: JobQueueOptions) {
    this.#jobs = jobs;
    this.#tuning = tuning;
    this.#engine = engine;
    this.#faces = faces === undefined ? undefined : openFaceStore(faces);
    this.#views = createFrameViews(engine);
  }

  async add(request: JobRequest, signal?: AbortSignal): Promise<JobInfo> {
    const folder = await makeJob(this.#jobs, this.#engine, request, signal);
    if (request.stopAfter === undefined || !(await this.#isSeen(folder.id, signal))) await this.#enqueue(folder, true);
    return this.get(folder.id);
  }

  async list(): Promise<JobInfo[]> {
    const names = await readdir(this.#jobs).catch(() => []);
    const ids = names.flatMap((name) => jobIdSchema.safeParse(name).data ?? []).sort();
    return Promise.all(ids.map((id) => this.get(id).catch((error: unknown) => damagedJob(this.#folder(id), error))));
  }

  async get(id: JobId): Promise<JobInfo> {
    const active = this.#active.get(id);
    if (active) return active.job.info();
    const { folder, manifest, state } = await this.#know(id);
    return describeJob(manifest, state, (await lockOwner(folder.lock)) !== undefined);
  }

  async configure(id: JobId, change: JobChange): Promise<JobInfo> {
    await this.#alone(id, ({ folder, manifest, state }) => changeJob(folder, manifest, state, this.#engine, change));
    return this.#changed(id);
  }

  pause(id: JobId): Promise<JobInfo> {
    return this.#stop(id, 'pause');
  }

  async resume(id: JobId): Promise<JobInfo> {
    if (this.#active.has(id)) return this.get(id);
    await this.#alone(id, async ({ folder, manifest, state }) => {
      const now = actualState(state, false);
      if (now === 'done' || now === 'cancelled') {
        throw new UsageError(`The job is ${now}.`, {
          file: manifest.target.name,
          action: START_OVER,
        });
      }
      const { stopAfter, ...rest } = manifest;
      const next = stopAfter !== undefined && state.analysed ? rest : manifest;
      requireSources(next);
      await checkTargetQuickly(next);
      const begun = (await analysedFrames(folder, next)) > 0;
      if (begun) requireSame(next, await madeWith(this.#engine, next.settings.swap));
      await this.#requireRoomLeft(folder, next);
      if (next !== manifest) await writeManifest(folder, next);
    });
    await this.#enqueue(this.#folder(id));
    return this.get(id);
  }

  cancel(id: JobId): Promise<JobInfo> {
    return this.#stop(id, 'cancel');
  }

  async retry(id: JobId): Promise<JobInfo> {
    await this.#alone(id, async ({ folder, manifest, state }) => {
      requireSources(manifest);
      await startAnew(folder, manifest, state, this.#engine);
    });
    await this.#enqueue(this.#folder(id));
    return this.get(id);
  }

  async remove(id: JobId): Promise<void> {
    const folder = this.#folder(id);
    if (this.#active.has(id) || (await lockOwner(folder.lock))) await this.#stop(id, 'cancel');
    await this.#delete(folder);
  }

  /** Deletes the folder of a job on which nobody works. @throws UsageError when there is none */
  async #delete({ id, root }: JobFolder): Promise<void> {
    this.#views.forget(id);
    const going = `${root}${UNFINISHED}`;
    try {
      // Gone at once, whatever happens while it is deleted.
      await rename(root, going);
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? noSuchJob(id) : error;
    }
    await rm(going, { recursive: true, force: true });
    this.#emit({ type: 'removed', id });
  }

  async settled(id: JobId): Promise<JobInfo> {
    const active = this.#active.get(id);
    await active?.over;
    // Where its folder refused the last word, this process still knows it.
    return active?.job.unwritten ? active.job.info() : this.get(id);
  }

  async tidy(): Promise<number> {
    const names = await readdir(this.#jobs).catch(() => []);
    let removed = 0;
    for (const id of names.flatMap((name) => jobIdSchema.safeParse(name).data ?? [])) {
      // One that is damaged, or gone by now, is left to its user.
      if (await this.#removeLeftDraft(this.#folder(id)).catch(() => false)) removed += 1;
    }
    await this.#faces?.tidy();
    return removed;
  }

  watch(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async timeline(id: JobId) {
    const { folder, manifest } = await this.#know(id);
    await noteUse(folder, manifest);
    return jobTimeline(folder, manifest);
  }

  async frameOf(id: JobId, frame: number, which: 'target' | 'result', options: Parameters<JobQueue['frameOf']>[3]) {
    const { folder, manifest, state } = await this.#know(id);
    await noteUse(folder, manifest);
    const latest = this.#active.get(id)?.job.latest;
    return this.#views.frame({ folder, manifest, state, latest }, frame, which, options);
  }

  async trackThumb(id: JobId, track: number, maxSide: number) {
    const { folder, manifest, state } = await this.#know(id);
    return this.#views.thumb({ folder, manifest, state }, track, maxSide);
  }

  async filesOf(id: JobId) {
    const { manifest, state } = await this.#know(id);
    const { target, settings, sources, madeWith: made } = manifest;
    return {
      target: target.path,
      result: state.state === 'done' ? state.result : undefined,
      out: settings.out,
      sources: sources.map(({ name }) => name),
      engine: made['engine'] ?? settings.swap.engine,
    };
  }

  async saveAs(id: JobId, place: string, signal?: AbortSignal) {
    const { manifest, state } = await this.#know(id);
    return saveResult(manifest, state, place, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { job } of this.#active.values()) job.stop('pause');
    await Promise.all([...this.#active.values()].map(({ over }) => over));
    await this.#views[Symbol.asyncDispose]();
    this.#listeners.clear();
  }

  /** Finishes a job that only looks for people at once, where all that it would look at was seen before. */
  async #isSeen(id: JobId, signal: AbortSignal | undefined): Promise<boolean> {
    let seen = false;
    await this.#alone(id, async ({ folder, manifest, state }) => {
      await takeSeen(folder, manifest, this.#engine, this.#faces);
      if ((await analysedFrames(folder, manifest)) < lookedCount(manifest)) return;
      try {
        await readAnalysis(folder, manifest, this.#engine, signal ?? new AbortController().signal);
      } catch (error) {
        // The job itself looks again.
        if (error instanceof DamagedRecordError) return;
        throw error;
      }
      const changed = new Date().toISOString();
      await writeState(folder, { ...state, ...afterAnalysis(manifest), state: 'paused', changed });
      seen = true;
    });
    if (seen) await this.#changed(id);
    return seen;
  }

  /** Removes a draft that nobody works on or has used of late. */
  async #removeLeftDraft(folder: JobFolder): Promise<boolean> {
    if (this.#active.has(folder.id) || (await lockOwner(folder.lock))) return false;
    const { manifest, state } = await this.#know(folder.id);
    if (!isLeftDraft(manifest, state) || Date.now() - (await lastUse(folder)) < DRAFT_MS) return false;
    // Held to the end: nobody can begin to work on it meanwhile.
    await using _lock = await this.#take(folder);
    await this.#delete(folder);
    return true;
  }

  #folder(id: JobId): JobFolder {
    return jobFolder(this.#jobs, jobIdSchema.parse(id));
  }

  async #know(id: JobId): Promise<Known> {
    const folder = this.#folder(id);
    const [manifest, state] = await Promise.all([readManifest(folder), readState(folder)]);
    if (!manifest || !state) throw noSuchJob(id);
    return { folder, manifest, state };
  }

  async #requireRoomLeft(folder: JobFolder, manifest: Manifest): Promise<void> {
    const done = (await finishedParts(folder, manifest)).reduce((sum, { first, end }) => sum + end - first, 0);
    const left = 1 - done / (manifest.end - manifest.first);
    await requireRoom([{ folder: this.#jobs, bytes: Math.ceil(manifest.forecastBytes * left) }]);
  }

  /** Takes the job, so that no other process touches it, and puts it behind those that wait. */
  async #enqueue(folder: JobFolder, fresh = false): Promise<void> {
    const lock = await this.#take(folder);
    const { manifest, state: before } = await this.#know(folder.id);
    const { error: _over, ...rest } = before;
    const state: StoredState = { ...rest, state: 'queued', changed: new Date().toISOString() };
    // Whoever asked for a stop meant the run before.
    await forgetAsks(folder);
    await makeReserve(folder);
    await writeState(folder, state);
    const { id } = folder;
    const job = new ActiveJob({
      ...{ folder, manifest, state, lock, fresh, engine: this.#engine, laneLock: laneLock(this.#jobs) },
      tuning: this.#tuning,
      faces: this.#faces,
      onChange: () => this.#emit({ type: 'job', job: job.info() }),
      onFrame: (frame) => this.#emit({ type: 'frame', id, frame }),
    });
    const over = this.#lane.then(() => job.run()).finally(() => this.#active.delete(id));
    // The next job runs whatever became of this one.
    this.#lane = over.catch(() => undefined);
    this.#active.set(id, { job, over });
    this.#emit({ type: 'job', job: job.info() });
  }

  /** @throws UsageError when a process works on the job */
  async #take({ lock, id }: JobFolder): Promise<Lock> {
    await this.#know(id);
    const answer = await tryLock(lock);
    if (isLock(answer)) return answer;
    throw new UsageError('The job waits or runs in another process.', { action: 'Pause it first.' });
  }

  /** Works on the files of a job that nobody else touches meanwhile. */
  async #alone(id: JobId, work: (known: Known) => Promise<void>): Promise<void> {
    if (this.#active.has(id)) throw new UsageError('The job waits or runs.', { action: 'Pause it first.' });
    const folder = this.#folder(id);
    await using _lock = await this.#take(folder);
    await work(await this.#know(id));
  }

  async #stop(id: JobId, wish: Wish): Promise<JobInfo> {
    const active = this.#active.get(id);
    if (active) {
      active.job.stop(wish);
      await active.over;
      return this.get(id);
    }
    const { folder } = await this.#know(id);
    if (await lockOwner(folder.lock)) await askOwner(folder, wish);
    await this.#alone(id, async ({ manifest, state }) => {
      const now = actualState(state, false);
      // What has ended stays ended; only the rests of a job are taken away by a cancel.
      if (now === 'done' || now === 'cancelled' || (wish === 'pause' && now === 'failed')) return;
      const stopped = wish === 'pause' ? 'paused' : 'cancelled';
      await writeState(folder, { ...state, state: stopped, changed: new Date().toISOString() });
      await cleanUp(folder, manifest, stopped);
    });
    return this.#changed(id);
  }

  async #changed(id: JobId): Promise<JobInfo> {
    const job = await this.get(id);
    this.#emit({ type: 'job', job });
    return job;
  }

  #emit(event: JobEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const noSuchJob = (id: JobId): UsageError =>
  new UsageError(`There is no job ${id}.`, { action: '"e4s jobs list" names them.' });
