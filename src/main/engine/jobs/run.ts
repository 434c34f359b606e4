/** What the phases of a running job share. */
import type { OpenedVideo } from '#engine/video/open-video.ts';
import type { SkippedRange } from '#shared/jobs.ts';
import type { JobPhase } from '#shared/video.ts';
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
  /** Throws when another process took the job over. */
  requireLock(): Promise<void>;
}

export interface RunListener {
  /** The meter moved. */
  progress(): void;
  /** A frame is finished. Its pixels are good until the call returns. */
  frame(index: number, pixels: Uint8Array): void;
  /** A part, a phase: something worth writing down. */
  step(change: StepChange): Promise<void>;
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
