/** What a command may touch of the world around it. Tests hand in their own. */
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface CliContext {
  /** Results only. */
  readonly stdout: TextSink;
  /** Progress, warnings and errors. */
  readonly stderr: TextSink;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** Starts the photo engine; the caller disposes it. */
  openStudio(): Promise<PhotoStudio>;
  /** Starts the engine of videos; the caller disposes it. */
  openVideoEngine(): Promise<VideoEngine>;
}
