/** The pipeline for frames of a video: every frame through the same stages as a photo (paper section 3.4). */
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { SkipReason } from '#shared/video.ts';

/** An upright frame, 8-bit RGB, row-major without padding. */
export interface Frame {
  /** Counted from 0 over the whole clip. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export interface SwappedFrame {
  /** The frame's own array where nothing was exchanged. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Tracks that were exchanged. */
  readonly swapped: readonly number[];
  /** Lets a later result use the memory of `pixels`, where that is possible. To be called once. */
  release?(): void;
  /** Faces that were left as they are. */
  readonly skipped: readonly { readonly track: number; readonly reason: SkipReason }[];
}

/**
 * Exchanges faces in frames. What depends on a source alone is computed once. The same frame gives the same bits
 * whatever frames went before it, so that a job may stop and go on anywhere.
 */
export interface FrameSwapper extends AsyncDisposable {
  /**
   * Frames that keep it busy when they are swapped at the same time; more wait in line. One after the other where it is
   * absent.
   */
  readonly atOnce?: number | undefined;
  /** @throws CancelledError */
  swap(frame: Frame, faces: readonly TrackedFace[], signal?: AbortSignal): Promise<SwappedFrame>;
}
