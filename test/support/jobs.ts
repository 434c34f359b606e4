/** Requests and queues for tests of video jobs. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { JobQueue, JobRequest } from '#engine/jobs/jobs.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';
import { type FakeEngineOptions, type FakeVideoEngine, fakeVideoEngine } from './fake-video-engine.ts';
import { LOSSLESS } from './video-clips.ts';

export interface JobWorld extends AsyncDisposable {
  readonly folder: string;
  /** The folder of all jobs. */
  readonly jobs: string;
  at(name: string): string;
  /** A photo that the fake engine takes for a face. */
  readonly photo: string;
  request(target: string, change?: Partial<JobRequest>): JobRequest;
  queue(engine: VideoEngine): JobQueue;
  fake(options?: FakeEngineOptions): { engine: FakeVideoEngine; queue: JobQueue };
}

export async function jobWorld(): Promise<JobWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-jobs-'));
  const at = (name: string): string => path.join(folder, name);
  const photo = at('source.png');
  await writeFile(photo, randomBytes(100));
  const jobs = at('jobs');
  const queues: JobQueue[] = [];
  const queue = (engine: VideoEngine): JobQueue => {
    const opened = openJobQueue({ jobs, engine, faces: at('faces') });
    queues.push(opened);
    return opened;
  };
  return {
    folder,
    jobs,
    at,
    photo,
    request: (target, change = {}) => ({
      target: { path: target, name: path.basename(target) },
      sources: [{ path: photo, name: 'source.png', face: 'largest', goal: 'all' }],
      swap: DEFAULT_SWAP_SETTINGS,
      video: DEFAULT_VIDEO_SETTINGS,
      encoder: LOSSLESS,
      output: 'video',
      ...change,
    }),
    queue,
    fake: (options) => {
      const engine = fakeVideoEngine(options);
      return { engine, queue: queue(engine) };
    },
    async [Symbol.asyncDispose]() {
      for (const opened of queues) await opened[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
