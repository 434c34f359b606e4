/** A job as its callers see it. */
import path from 'node:path';
import { toReport } from '#engine/errors.ts';
import type { JobInfo } from '#shared/jobs.ts';
import type { JobState } from '#shared/video.ts';
import { lookedCount } from './analyse-phase.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import { fractionOf, type Progress, phasesOf } from './progress-meter.ts';
import { containerOf } from './result-container.ts';
import type { StoredState } from './state.ts';
import { isTuned } from './tuned.ts';

/** What its process knows beyond the files. */
export type LiveProgress = Pick<Progress, 'framesDone' | 'framesTotal' | 'fraction' | 'fps' | 'secondsLeft'>;

/** @param owned whether a living process has the job */
export function actualState({ state }: Pick<StoredState, 'state'>, owned: boolean): JobState {
  return !owned && (state === 'queued' || state === 'running') ? 'interrupted' : state;
}

/** Pure. */
export function describeJob(manifest: Manifest, stored: StoredState, owned: boolean, live?: LiveProgress): JobInfo {
  const { id, target, clip, first, end, settings, created, forecastBytes } = manifest;
  const { phase, framesDone, analysed, swappedFrames, skipped, error, changed } = stored;
  const state = actualState(stored, owned);
  const framesTotal = phase === 'analyse' ? lookedCount(manifest) : end - first;
  return {
    id,
    target: target.name,
    out: settings.out === undefined ? null : path.basename(settings.out),
    output: settings.output,
    container: containerOf(settings),
    state,
    phase,
    ...{ width: clip.width, height: clip.height, clipFrames: clip.frames, first, end, seconds: clip.seconds },
    framesDone,
    framesTotal,
    fraction: state === 'done' ? 1 : fractionOf(phasesOf(manifest, isTuned(manifest)), phase, framesDone / framesTotal),
    fps: null,
    secondsLeft: null,
    ...live,
    analysed,
    draft: manifest.stopAfter !== undefined && analysed && state === 'paused',
    tuned: isTuned(manifest) && phase !== 'analyse',
    swappedFrames,
    skipped,
    notices: [...new Set([...manifest.notices, ...stored.notices])],
    ...(error === undefined ? {} : { error }),
    forecastBytes,
    created,
    changed,
  };
}

/** A folder whose files cannot be read: it can be removed, and nothing else. */
export const damagedJob = ({ id }: JobFolder, error: unknown): JobInfo => ({
  id,
  target: '',
  out: null,
  output: 'video',
  container: null,
  state: 'failed',
  phase: 'analyse',
  ...{ width: 0, height: 0, clipFrames: 0, first: 0, end: 0, seconds: 0 },
  ...{ framesDone: 0, framesTotal: 0, fraction: 0, fps: null, secondsLeft: null },
  ...{ analysed: false, draft: false, tuned: false, swappedFrames: 0, skipped: [], notices: [] },
  error: toReport(error),
  forecastBytes: 0,
  created: new Date(0).toISOString(),
  changed: new Date(0).toISOString(),
});
