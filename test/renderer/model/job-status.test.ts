import { describe, expect, it } from 'vitest';
import { type JobInfo, jobIdSchema } from '#shared/jobs.ts';
import type { JobState } from '#shared/video.ts';
import { duration, inOrder, jobDetails, jobLine, madeAt } from '../../../src/renderer/model/job-status.ts';
import { afterEvent, type JobsState } from '../../../src/renderer/state/jobs.ts';

const job = (n: number, state: JobState, change: Partial<JobInfo> = {}): JobInfo => ({
  id: jobIdSchema.parse(`job_0000000${n}`),
  target: 'film.mp4',
  out: null,
  output: 'video',
  container: 'mp4',
  state,
  phase: 'swap',
  width: 64,
  height: 48,
  clipFrames: 100,
  first: 0,
  end: 100,
  seconds: 4,
  framesDone: 25,
  framesTotal: 100,
  fraction: 0.5,
  fps: null,
  secondsLeft: null,
  analysed: true,
  draft: false,
  tuned: false,
  swappedFrames: 0,
  skipped: [],
  notices: [],
  forecastBytes: 0,
  created: `2026-01-0${n}T00:00:00.000Z`,
  changed: '2026-01-01T00:00:00.000Z',
  ...change,
});

describe('a job', () => {
  it('is told from others on the same clip by its frames and by when it was made', () => {
    expect(jobDetails(job(1, 'done'))).toBe('64 × 48 · 100 frames, 4 s');
    expect(jobDetails(job(1, 'done', { first: 12, end: 49, seconds: 1.5 }))).toBe('64 × 48 · frames 13 to 49, 2 s');
    const now = new Date(2026, 0, 5, 18, 0);
    expect(madeAt({ created: new Date(2026, 0, 5, 9, 5).toISOString() }, now)).toBe('Made 09:05');
    expect(madeAt({ created: new Date(2026, 0, 4, 9, 5).toISOString() }, now)).toBe('Made Jan 4, 2026');
  });

  it('says its phase, pace and time left while it runs, and its state otherwise', () => {
    expect(jobLine(job(1, 'running', { fps: 7.25, secondsLeft: 200 }))).toBe('Swap · 25 of 100 · 7.3 fps · 3 min left');
    expect(jobLine(job(1, 'running'))).toBe('Swap · 25 of 100');
    expect(jobLine(job(1, 'running', { framesDone: 0 }))).toBe('Swap · getting ready …');
    expect(jobLine(job(1, 'running', { framesDone: 0, framesTotal: 0 }))).toBe('Getting ready …');
    expect(jobLine(job(1, 'running', { phase: 'finish', framesDone: 0 }))).toBe('Write the video …');
    expect(jobLine(job(1, 'interrupted'))).toBe('Interrupted');
    expect(jobLine(job(1, 'paused', { phase: 'analyse', draft: true }))).toBe('People found: choose their faces');
    expect(jobLine(job(1, 'paused', { phase: 'analyse' }))).toBe('Paused');
  });

  it('stands in the list by what it does: running, waiting in its order, then the newest', () => {
    const list = [job(1, 'done'), job(2, 'queued'), job(3, 'queued'), job(4, 'running'), job(5, 'paused')];
    expect(inOrder(list).map(({ id }) => id.at(-1))).toEqual(['4', '2', '3', '5', '1']);
  });
});

describe('the list', () => {
  const start: JobsState = { list: [], loaded: false, latest: {}, removed: [] };

  it('follows the events', () => {
    const [first, second] = [job(1, 'running'), job(2, 'queued')];
    let state = afterEvent(start, { type: 'all', jobs: [first] });
    expect(state).toMatchObject({ loaded: true, list: [first] });
    state = afterEvent(state, { type: 'job', job: second });
    state = afterEvent(state, { type: 'job', job: { ...first, fraction: 0.75 } });
    expect(state.list.map(({ fraction }) => fraction)).toEqual([0.75, 0.5]);
    state = afterEvent(state, { type: 'frame', id: first.id, frame: 12 });
    expect(state.latest[first.id]).toBe(12);
    state = afterEvent(state, { type: 'removed', id: first.id });
    expect([state.list, state.removed]).toEqual([[second], [first.id]]);
  });
});

it.each([
  [0.2, '1 s'],
  [44.6, '45 s'],
  [200, '3 min'],
  [4800, '1 h 20 min'],
])('%s seconds are said as %s', (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});
