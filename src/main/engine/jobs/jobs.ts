/**
 * Video jobs for their callers (engine process, command line, tests). A job is a folder; whatever happens to the process
 * that works on it, another one can go on with it.
 */
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import type { EncoderSettings } from '#engine/video/encoders.ts';
import type {
  FaceBox,
  FrameSpan,
  JobId,
  JobInfo,
  JobOutput,
  JobTimeline,
  SourceFace,
  SourceGoal,
  Trim,
} from '#shared/jobs.ts';
import type { SwapSettings, VideoSettings } from '#shared/settings.ts';
import type { VideoContainer } from '#shared/video-formats.ts';

/** A face that goes to tracks of the clip. Later entries win where two goals mean the same track. */
export interface JobSource {
  /** The photo; a copy of it goes into the job's folder. */
  readonly path: string;
  /** The photo as the user knows it. */
  readonly name: string;
  readonly face: SourceFace;
  /** Where the face was found in the photo: counts before its number. */
  readonly box?: FaceBox | undefined;
  readonly goal: SourceGoal;
}

export interface JobSettings {
  readonly swap: SwapSettings;
  readonly video: VideoSettings;
  readonly encoder: EncoderSettings;
  readonly output: JobOutput;
  /** Of a result that stays in the job's folder; without it the one that players of the codec know. */
  readonly container?: VideoContainer | undefined;
  /**
   * The result; its ending names the container. For pictures the new folder. Without it the result stays in the job's
   * folder until `saveAs`.
   */
  readonly out?: string | undefined;
}

export interface JobRequest extends JobSettings {
  /** The clip is referenced, not copied, and looked at again when the job is resumed. */
  readonly target: { readonly path: string; readonly name: string };
  readonly trim?: Trim | undefined;
  /** Also look for people in these frames, so that they get the numbers that another job gave them there. */
  readonly looked?: FrameSpan | undefined;
  /** A job of the same clip whose tracks are named in `formerly`. */
  readonly formerly?: JobId | undefined;
  /** May be empty with `stopAfter`; sources are then given with `configure`. */
  readonly sources: readonly JobSource[];
  /** Finds the faces only and pauses, so that sources can be assigned to tracks. */
  readonly stopAfter?: 'analyse' | undefined;
}

/**
 * What may change while a job does not run. Frames that were swapped with something else are swapped again. A range
 * inside of what was looked at keeps the people and their numbers; beyond it the new frames are looked at.
 */
export type JobChange = Partial<JobSettings> & {
  readonly sources?: readonly JobSource[] | undefined;
  readonly trim?: Trim | undefined;
};

export type JobEvent =
  /** Emitted for every change of state and at most a few times a second for progress. */
  | { readonly type: 'job'; readonly job: JobInfo }
  /** A frame was finished that `frameOf` shows without decoding; at most twice a second. */
  | { readonly type: 'frame'; readonly id: JobId; readonly frame: number }
  | { readonly type: 'removed'; readonly id: JobId };

export interface JobFiles {
  readonly target: string;
  /** The result, once it is whole. */
  readonly result: string | undefined;
  /** Where the result was asked to be. */
  readonly out: string | undefined;
  /** Names of the source photos as their user knows them. */
  readonly sources: readonly string[];
  /** The engine that swaps. */
  readonly engine: string;
}

export interface JobQueue extends AsyncDisposable {
  /**
   * Makes the job's folder and puts it into the queue; one job of this user runs at a time, also with several processes.
   * A job that stops after the analysis does so at once where all of its frames were looked at before.
   * @throws InputError for a clip or photo that cannot be used, UsageError, StorageError when the disk has too little room
   * @throws MissingPackError, CancelledError; no folder is left then
   */
  add(request: JobRequest, signal?: AbortSignal): Promise<JobInfo>;
  /** Oldest first; jobs of other processes too. */
  list(): Promise<JobInfo[]>;
  /** @throws UsageError when there is none of this id; so do all calls below */
  get(id: JobId): Promise<JobInfo>;
  /** @throws UsageError while it runs */
  configure(id: JobId, change: JobChange): Promise<JobInfo>;
  /** Resolves when the job has stopped; what is finished stays. Also reaches a job of another process. */
  pause(id: JobId): Promise<JobInfo>;
  /**
   * Puts a paused, interrupted or failed job back into the queue at its first unfinished part.
   * @throws InputError or UsageError when clip, photos, models or the studio itself changed: then `retry` begins anew
   */
  resume(id: JobId): Promise<JobInfo>;
  /** As `pause`, and for good: parts are deleted, the report stays. */
  cancel(id: JobId): Promise<JobInfo>;
  /** Begins anew: reads the clip again and throws away whatever was finished. */
  retry(id: JobId): Promise<JobInfo>;
  /** Deletes the folder of a job; cancels it before where it runs. Results that were saved elsewhere stay. */
  remove(id: JobId): Promise<void>;
  /** Resolves when the job neither waits nor runs: done, paused, failed, cancelled. Only for jobs of this queue. */
  settled(id: JobId): Promise<JobInfo>;
  /**
   * Removes jobs that only looked for people and were not used for a day (`DRAFT_MS`), and forgets what was seen of clips
   * that nobody has worked on for long. What another process works on is left alone.
   * @returns how many jobs are gone
   */
  tidy(): Promise<number>;
  /** Hears of the jobs of this queue. Returns how to stop. */
  watch(listener: (event: JobEvent) => void): () => void;
  /** Tracks and the state of every frame. Before the analysis there are no tracks and every frame is pending. */
  timeline(id: JobId): Promise<JobTimeline>;
  /**
   * A frame of the clip, counted from 0: as it came, or as it becomes. A result frame that is not finished yet is swapped
   * on the spot, which needs a finished analysis and a source.
   */
  frameOf(
    id: JobId,
    frame: number,
    which: 'target' | 'result',
    options: { readonly maxSide: number; readonly signal?: AbortSignal | undefined },
  ): Promise<EncodedPicture>;
  /** The face of a track in its best frame. @throws UsageError before the analysis */
  trackThumb(id: JobId, track: number, maxSide: number): Promise<EncodedPicture>;
  /** Where everything lies, as paths: for players and reports. */
  filesOf(id: JobId): Promise<JobFiles>;
  /**
   * Writes the result of a finished job to another place; the ending names the container (no ending: a folder of pictures).
   * @returns the bytes written, and what the container could not hold
   * @throws UsageError, StorageError
   */
  saveAs(id: JobId, path: string, signal?: AbortSignal): Promise<{ bytes: number; notices: readonly string[] }>;
}
