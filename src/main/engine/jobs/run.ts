/** What the phases of a running job share. */
import type { TuningFrames } from '#engine/tuning/tuning-frames.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import type { OpenedVideo } from '#engine/video/open-video.ts';
import type { JobId, SkippedRange } from '#shared/jobs.ts';
import type { JobPhase } from '#shared/video.ts';
import type { FaceStore } from './face-store.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { VideoEngine } from './video-engine.ts';

export interface JobRun {
  readonly folder: JobFolder;
  readonly manifest: Manifest;
  readonly clip: OpenedVideo;
  readonly engine: VideoEngine;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
  readonly listener: RunListener;
  /** What other jobs saw of clips; without it each looks for itself. */
  readonly faces?: FaceStore | undefined;
  /** Throws when another process took the job over. */
  requireLock(): Promise<void>;
}

export interface RunListener {
  /** The meter moved. */
  progress(): void;
  /** A frame is finished. Its pixels are good until the call returns. */
  frame(index: number, pixels: Uint8Array): void;
  /** Tuning begins, or is taken up again. */
  tuning?(subject: TuningSubject): Promise<TuningSeat | undefined>;
  /** A part, a phase: something worth writing down. */
  step(change: StepChange): Promise<void>;
}

/** What a job tunes. */
export interface TuningSubject {
  readonly frames: TuningFrames;
  /** The number in the clip of each of these frames, rising. */
  readonly clipFrames: readonly number[];
}

/** The tune phase's end of whoever watches and steers it. It is closed when the phase is over, however it ends. */
export interface TuningSeat extends AsyncDisposable {
  tell(event: TuningEvent): void;
  /** What is wanted beside pausing and cancelling the job. */
  wish(): 'finish' | undefined;
  /** The frame of the tuning whose reconstruction is wanted. */
  watchedFrame(): number | undefined;
}

/** Watches and steers the tunings of jobs. */
export interface TuningWatch {
  begin(id: JobId, subject: TuningSubject): Promise<TuningSeat>;
}

export interface StepChange {
  readonly phase?: JobPhase;
  readonly framesDone?: number;
  readonly analysed?: boolean;
  readonly swappedFrames?: number;
  readonly skipped?: SkippedRange[];
  readonly notices?: readonly string[];
  readonly result?: string;
}
