/** A queue of video jobs that computes nothing: what is asked of it is kept, and the test moves its jobs. */
import { rm, writeFile } from 'node:fs/promises';
import { UsageError } from '#engine/errors.ts';
import type { JobEvent, JobQueue, JobRequest } from '#engine/jobs/jobs.ts';
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import { type JobId, type JobInfo, jobIdSchema } from '#shared/jobs.ts';

export interface FakeJobs extends JobQueue {
  readonly requests: Map<JobId, JobRequest>;
  /** Changes a job and tells the watchers. */
  move(id: JobId, change: Partial<JobInfo>): JobInfo;
  emit(event: JobEvent): void;
  /** How many windows watch. */
  readonly watchers: () => number;
  /** How many left drafts there are. */
  left: number;
  /** What the next `add` is refused with. */
  refusal: Error | undefined;
}

const picture = (text: string): EncodedPicture => ({
  bytes: new TextEncoder().encode(text),
  mime: 'image/jpeg',
  width: 2,
  height: 1,
});

export function createFakeJobs(): FakeJobs {
  const jobs = new Map<JobId, JobInfo>();
  const requests = new Map<JobId, JobRequest>();
  const listeners = new Set<(event: JobEvent) => void>();
  let made = 0;

  const get = (id: JobId): JobInfo => {
    const job = jobs.get(id);
    if (!job) throw new UsageError('There is no such job.');
    return job;
  };
  const emit = (event: JobEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const move = (id: JobId, change: Partial<JobInfo>): JobInfo => {
    const job = { ...get(id), ...change };
    jobs.set(id, job);
    emit({ type: 'job', job });
    return job;
  };

  const queue: FakeJobs = {
    requests,
    move,
    emit,
    watchers: () => listeners.size,
    left: 0,
    refusal: undefined,
    async add(request) {
      if (queue.refusal) throw queue.refusal;
      made += 1;
      const id = jobIdSchema.parse(`job_${String(made).padStart(8, '0')}`);
      requests.set(id, request);
      const job: JobInfo = {
        id,
        target: request.target.name,
        out: null,
        output: request.output,
        container: request.container ?? 'mp4',
        state: 'queued',
        phase: 'analyse',
        width: 64,
        height: 48,
        clipFrames: 10,
        first: 0,
        end: 10,
        seconds: 0.4,
        framesDone: 0,
        framesTotal: 10,
        fraction: 0,
        fps: null,
        secondsLeft: null,
        analysed: false,
        draft: false,
        tuned: false,
        swappedFrames: 0,
        skipped: [],
        notices: [],
        forecastBytes: 1000,
        created: '2026-01-01T00:00:00.000Z',
        changed: '2026-01-01T00:00:00.000Z',
      };
      jobs.set(id, job);
      emit({ type: 'job', job });
      return job;
    },
    list: async () => [...jobs.values()],
    get: async (id) => get(id),
    async configure(id, change) {
      const request = requests.get(id);
      if (!request) throw new UsageError('There is no such job.');
      const { sources = request.sources, ...settings } = change;
      requests.set(id, { ...request, ...settings, sources });
      return get(id);
    },
    pause: async (id) => move(id, { state: 'paused' }),
    resume: async (id) => move(id, { state: 'running', phase: 'swap' }),
    cancel: async (id) => move(id, { state: 'cancelled' }),
    retry: async (id) => move(id, { state: 'queued', fraction: 0 }),
    async remove(id) {
      get(id);
      jobs.delete(id);
      emit({ type: 'removed', id });
    },
    settled: async (id) => get(id),
    async tidy() {
      return queue.left;
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async timeline(id) {
      const { first, end } = get(id);
      return {
        first,
        end,
        looked: { first, end },
        tracks: [],
        ranges: [{ from: first, to: end - 1, state: 'pending' }],
      };
    },
    async frameOf(id, frame, which) {
      get(id);
      return picture(`${which} ${frame}`);
    },
    async trackThumb(id, track) {
      get(id);
      return picture(`track ${track}`);
    },
    async filesOf(id) {
      const { state } = get(id);
      const target = requests.get(id)?.target.path ?? '';
      return { target, result: state === 'done' ? target : undefined, out: undefined, sources: [], engine: 'fake' };
    },
    async saveAs(id, file) {
      get(id);
      await rm(file, { force: true });
      await writeFile(file, 'the result');
      return { bytes: 10, notices: ['One track is left out.'] };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return queue;
}
