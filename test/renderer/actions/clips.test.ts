import { beforeEach, describe, expect, it } from 'vitest';
import { fileHandleSchema, photoIdSchema } from '#shared/contract.ts';
import {
  type Clip,
  type JobOrder,
  type JobOrderChange,
  mediaAddressSchema,
  videoIdSchema,
} from '#shared/contract-video.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { type JobInfo, type JobTimeline, jobIdSchema } from '#shared/jobs.ts';
import type { JobState } from '#shared/video.ts';
import { clipActions } from '../../../src/renderer/actions/clips.ts';
import type { PhotoActions } from '../../../src/renderer/actions/photos.ts';
import { LinkError } from '../../../src/renderer/link/report.ts';
import type { StudioLink } from '../../../src/renderer/link/studio-link.ts';
import { withSource } from '../../../src/renderer/model/document.ts';
import { withPerson, withSpan } from '../../../src/renderer/model/video-document.ts';
import { clipOf, useClips } from '../../../src/renderer/state/clips.ts';
import { currentDocument, edit } from '../../../src/renderer/state/edit.ts';
import { afterEvent, useJobs } from '../../../src/renderer/state/jobs.ts';
import { useUi } from '../../../src/renderer/state/ui.ts';
import { useVideoView } from '../../../src/renderer/state/video-view.ts';
import { resetStores } from '../fake-studio.ts';

/** An engine that keeps what it is asked, and whose jobs the test moves. */
class FakeEngine {
  readonly calls: string[] = [];
  readonly released: string[] = [];
  refusal: ErrorReport | null = null;
  jobs = 0;
  /** What a made job is at once. */
  made = job('queued');
  seen: Partial<JobTimeline> = {};
  opened = 0;

  readonly link = {
    grant: (file: File) => Promise.resolve({ file: fileHandleSchema.parse('file_00000001'), name: file.name }),
    release: (file: string) => this.released.push(file),
    engine: () => ({
      video: {
        open: () => (this.refusal ? Promise.reject(new LinkError(this.refusal)) : Promise.resolve(this.#clip())),
        close: ({ video }: { video: string }) => this.#call(`close ${video}`, { closed: true }),
      },
      jobs: {
        create: ({ stopAfter, sources, looked, formerly }: Partial<JobOrder>) => {
          this.jobs += 1;
          const more = looked ? ` looked ${looked.first}-${looked.end} ${formerly ?? 'anew'}` : '';
          return this.#call(`create ${stopAfter ?? 'run'} ${JSON.stringify(sources)}${more}`, this.made);
        },
        configure: ({ sources, trim }: JobOrderChange) =>
          this.#call(`configure ${JSON.stringify(sources)} ${JSON.stringify(trim)}`, job('paused')),
        resume: () => this.#call('resume', job('running', 'swap')),
        remove: () => this.#call('remove', { removed: true }),
        timeline: () => this.#call('timeline', { ...timeline, ...this.seen }),
        frame: ({ frame }: { frame: number }) => this.#call(`frame ${frame}`, new Blob([String(frame)])),
      },
    }),
  } as unknown as StudioLink;

  #call<T>(what: string, answer: T): Promise<T> {
    this.calls.push(what);
    return Promise.resolve(answer);
  }

  #clip(): Clip {
    this.opened += 1;
    return {
      video: videoIdSchema.parse(`video_0000000${this.opened}`),
      name: 'film.mp4',
      bytes: 1,
      container: 'MP4',
      codec: 'h264',
      width: 64,
      height: 48,
      aspect: 4 / 3,
      frames: 100,
      clock: { start: 0, step: 0.04 },
      end: 4,
      audio: 0,
      subtitles: 0,
      chapters: 0,
      notices: [],
      media: mediaAddressSchema.parse(`/media/${'A'.repeat(32)}`),
    };
  }
}

const id = jobIdSchema.parse('job_00000001');
const track = { firstFrame: 0, lastFrame: 99, bestFrame: 5, source: null, ranges: [] };
const timeline: JobTimeline = {
  first: 0,
  end: 100,
  looked: { first: 0, end: 100 },
  tracks: [
    { ...track, id: 0, frames: 30 },
    { ...track, id: 1, frames: 90 },
  ],
  ranges: [],
};

const job = (state: JobState, phase: JobInfo['phase'] = 'analyse'): JobInfo => ({
  id,
  target: 'film.mp4',
  out: null,
  output: 'video',
  container: 'mp4',
  state,
  phase,
  width: 64,
  height: 48,
  clipFrames: 100,
  first: 0,
  end: 100,
  seconds: 4,
  framesDone: 0,
  framesTotal: 100,
  fraction: 0,
  fps: null,
  secondsLeft: null,
  analysed: state === 'paused',
  draft: state === 'paused' && phase === 'analyse',
  tuned: false,
  swappedFrames: 0,
  skipped: [],
  notices: [],
  forecastBytes: 0,
  created: '2026-01-01T00:00:00.000Z',
  changed: '2026-01-01T00:00:00.000Z',
});

let engine: FakeEngine;
let told: ErrorReport[];
let clips: ReturnType<typeof clipActions>;
beforeEach(() => {
  resetStores();
  useClips.setState(useClips.getInitialState(), true);
  useJobs.setState(useJobs.getInitialState(), true);
  useVideoView.setState(useVideoView.getInitialState(), true);
  useUi.setState({ tab: 'video' });
  engine = new FakeEngine();
  told = [];
  const photos = {
    ensureOpen: () => Promise.resolve(photoIdSchema.parse('photo_00000001')),
  } as unknown as PhotoActions;
  clips = clipActions(engine.link, photos, (report) => told.push(report));
});

const present = () => clipOf(currentDocument().video.clip);
const key = () => present()!.key;
const moved = async (state: JobState, phase?: JobInfo['phase']) => {
  useJobs.setState((jobs) => afterEvent(jobs, { type: 'job', job: job(state, phase) }));
  await clips.follow();
};
const source = { photo: 'p1', face: 0 } as const;

async function found(): Promise<void> {
  await clips.openFile(new File([], 'film.mp4'));
  edit((doc) => withPerson(withSource(doc, 'p1', 0, null), 'largest', source));
  await clips.findPeople();
  await moved('running');
  await moved('paused');
  engine.calls.length = 0;
}

describe('a clip', () => {
  it('comes in and becomes the target', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    expect(present()).toMatchObject({ id: 'video_00000001', people: { phase: 'none' }, draft: null });
    expect(useClips.getState().opening).toBeNull();
    expect(engine.released).toEqual([]);
  });

  it('that cannot be used is told by its name, and its bytes are given back', async () => {
    engine.refusal = { kind: 'input', message: 'This is a letter.' };
    await clips.openFile(new File([], 'letter.mp4'));
    expect(told).toEqual([{ kind: 'input', message: 'This is a letter.', file: 'letter.mp4' }]);
    expect([present(), engine.released.length, useClips.getState().opening]).toEqual([null, 1, null]);
  });

  it('is opened again in the next engine process', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    await clips.reopenAll();
    expect(present()?.id).toBe('video_00000002');
  });

  it('that is taken away is closed, and its draft goes with it', async () => {
    await found();
    clips.remove();
    clips.closeUnused();
    expect(engine.calls).toEqual(['remove', 'close video_00000001']);
  });
});

describe('people', () => {
  it('are found by a job that stops then, and take over what the main person was to get', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    edit((doc) => withPerson(withSource(doc, 'p1', 0, null), 'largest', source));
    await clips.findPeople();
    expect(present()?.people).toMatchObject({ phase: 'looking', job: id });
    await moved('running');
    await moved('paused');
    expect(engine.calls).toEqual(['create analyse []', 'timeline']);
    expect(present()).toMatchObject({ people: { phase: 'found' }, draft: id });
    expect(currentDocument().video.people).toEqual({ 1: source });
    expect(useVideoView.getState().person).toBe(1);
  });

  it('keep their faces when more frames bring other numbers', async () => {
    engine.seen = { looked: { first: 20, end: 60 } };
    await found();
    engine.seen = {
      looked: { first: 10, end: 60 },
      tracks: [
        { ...track, id: 0, frames: 50, formerly: [1] },
        { ...track, id: 1, frames: 40, formerly: [] },
      ],
    };
    edit((doc) => withSpan(doc, { first: 10, end: 50 }, 100));
    await clips.findPeople();
    expect(engine.calls.map((call) => call.split(' ')[0])).toEqual(['configure', 'resume']);
    expect(engine.calls[0]).toContain('{"in":{"frame":10},"out":{"frame":50}}');
    await moved('paused');
    expect(currentDocument().video.people).toEqual({ 0: source });
    expect(present()).toMatchObject({ people: { phase: 'found', span: { first: 10, end: 60 } }, draft: id });
  });

  it('are there at once where the engine has seen the frames before', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    engine.made = job('paused');
    await clips.findPeople();
    expect(present()).toMatchObject({ people: { phase: 'found' }, draft: id });
  });

  it('go on being looked for after the engine process ended', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    await clips.findPeople();
    await moved('interrupted');
    expect(engine.calls.at(-1)).toBe('resume');
  });

  it('are unknown again when their job is removed', async () => {
    await found();
    useJobs.setState((jobs) => afterEvent(jobs, { type: 'removed', id }));
    await clips.follow();
    expect(present()).toMatchObject({ people: { phase: 'none' }, draft: null });
  });
});

describe('a preview', () => {
  it('tells the draft what has changed, once, before the frame is asked for', async () => {
    await found();
    await Promise.all([clips.preview(key(), 3, 64), clips.preview(key(), 4, 64)]);
    expect(engine.calls.map((call) => call.split(' ')[0])).toEqual(['configure', 'frame', 'frame']);
    edit((doc) => withPerson(doc, 0, source));
    await clips.preview(key(), 3, 64);
    expect(engine.calls.slice(3).map((call) => call.split(' ')[0])).toEqual(['configure', 'frame']);
    // One that was started cannot be told any more: another one is made of what was seen.
    await clips.start();
    engine.calls.length = 0;
    engine.made = job('paused');
    await clips.preview(key(), 7, 64);
    expect(engine.calls[0]).toBe(`create analyse [] looked 0-100 ${id}`);
    expect(engine.calls.slice(1).map((call) => call.split(' ')[0])).toEqual(['configure', 'frame']);
    // The draft was told of faces and is a draft still.
    await moved('paused', 'swap');
    expect(present()?.draft).toBe(id);
  });
});

describe('a start', () => {
  it('lets the draft go on, which then is a job like others', async () => {
    await found();
    expect(await clips.start()).toMatchObject({ state: 'running' });
    expect(engine.calls).toEqual(['configure [{"photo":"photo_00000001","face":0,"goal":{"track":1}}] {}', 'resume']);
    expect(present()?.draft).toBeNull();
    // The next one is a job of its own.
    await clips.start();
    expect(engine.calls.at(-1)).toMatch(/^create run .*"track":1.* looked 0-100 anew/);
  });

  it('works without looking first', async () => {
    await clips.openFile(new File([], 'film.mp4'));
    edit((doc) => withPerson(doc, 'all', source));
    await clips.start();
    expect(engine.calls).toEqual(['create run [{"photo":"photo_00000001","face":0,"goal":"all"}]']);
  });

  it('takes a range inside of what was looked at as it is', async () => {
    await found();
    edit((doc) => withSpan(doc, { first: 10, end: 20 }, 100));
    expect(await clips.start()).toMatchObject({ state: 'running' });
    expect(engine.calls).toEqual([
      'configure [{"photo":"photo_00000001","face":0,"goal":{"track":1}}] {"in":{"frame":10},"out":{"frame":20}}',
      'resume',
    ]);
  });

  it('waits for people to be found in frames that nobody has looked at', async () => {
    engine.seen = { looked: { first: 20, end: 60 } };
    await found();
    edit((doc) => withSpan(doc, { first: 10, end: 50 }, 100));
    expect(await clips.start()).toBeNull();
    expect(engine.calls).toEqual([]);
    expect(useUi.getState().messages.at(-1)?.intent).toBe('warning');
  });
});
