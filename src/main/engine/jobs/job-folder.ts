/** Where everything of a job lies. Nothing here touches the disk. */
import path from 'node:path';
import { type JobId, jobIdSchema } from '#shared/jobs.ts';

export interface JobFolder {
  readonly id: JobId;
  readonly root: string;
  /** What is wanted, of which files: written when the job is made or changed. */
  readonly manifest: string;
  /** How far it is: written as it goes on. */
  readonly state: string;
  /** Which process works on it. */
  readonly lock: string;
  /** What another process asks of that one. */
  readonly ask: string;
  /** Takes the place that the last state needs on a full disk. */
  readonly reserve: string;
  readonly sources: string;
  readonly analysis: string;
  /** Tracks of the finished analysis. */
  readonly tracks: string;
  /** Tracks of an earlier analysis of fewer frames, until those of the present one are known. */
  readonly formerTracks: string;
  readonly segments: string;
  /** Prepared faces, checkpoints and tuned weights of personal tuning. */
  readonly tuning: string;
  /** Frame states of a finished job. */
  readonly frames: string;
}

/** The folder of a job below the jobs' folder. */
export function jobFolder(jobs: string, id: JobId): JobFolder {
  const root = path.join(jobs, id);
  const at = (name: string): string => path.join(root, name);
  return {
    id,
    root,
    manifest: at('manifest.json'),
    state: at('state.json'),
    lock: at('lock'),
    ask: at('ask.json'),
    reserve: at('reserve'),
    sources: at('sources'),
    analysis: at('analysis'),
    tracks: at('tracks.json'),
    formerTracks: at('former-tracks.json'),
    segments: at('segments'),
    tuning: at('tuning'),
    frames: at('frames.json'),
  };
}

/** The lock of whoever runs a job: one job of a user runs at a time. */
export const laneLock = (jobs: string): string => path.join(jobs, '.lane');

/** Folders of jobs that are being made carry this ending. */
export const UNFINISHED = '.new';

const TIME_DIGITS = 9;
const RANDOM_DIGITS = 6;

/** Ids sort by the time of making. @param random in [0, 1) */
export function newJobId(now: number, random: number): JobId {
  const time = Math.floor(now).toString(36).padStart(TIME_DIGITS, '0');
  const chance = Math.floor(random * 36 ** RANDOM_DIGITS).toString(36);
  return jobIdSchema.parse(`job_${time}${chance.padStart(RANDOM_DIGITS, '0')}`);
}

const partName = (part: number): string => String(part).padStart(6, '0');

/** The encoded frames of a part. */
export const segmentFile = (folder: JobFolder, part: number, muxer: string): string =>
  path.join(folder.segments, `${partName(part)}.${muxer}`);

/** What became of a part's frames: it stands there when the part is finished, and not before. */
export const segmentReport = (folder: JobFolder, part: number): string =>
  path.join(folder.segments, `${partName(part)}.json`);

/** The result of a job without a place of its own. @param ending with its dot; empty for a folder of pictures */
export const resultFile = (folder: JobFolder, ending: string): string => path.join(folder.root, `result${ending}`);
