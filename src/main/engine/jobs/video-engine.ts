/** What a job needs of face analysis and of a swapping engine. Tests bring their own. */
import type { ObservationPiece } from '#engine/face/tracks/observation-source.ts';
import type { FaceTimeline, TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { Frame, FrameSwapper } from '#engine/pipeline/frame-swapper.ts';
import type { PreparedFrame } from '#engine/tuning/frame-files.ts';
import type { TuningJobOptions, TuningOutcome, TuningSettings } from '#engine/tuning/tuning-job.ts';
import type { FaceBox, SourceFace } from '#shared/jobs.ts';
import type { SwapSettings, VideoSettings } from '#shared/settings.ts';

/** Looks at frames of the clip one after the other. */
export interface ClipAnalysis extends AsyncDisposable {
  /** @throws CancelledError */
  look(frame: Frame, signal: AbortSignal): Promise<void>;
  /** Everything seen since the last call, and what is needed to go on behind it as if nothing had happened. */
  take(): Uint8Array;
}

/** A face of a photo. */
export interface PhotoFace {
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  readonly face: SourceFace;
  /** Where it was found, which says more than its number: another search numbers others. */
  readonly box?: FaceBox | undefined;
}

export interface SwapperRequest {
  readonly swap: SwapSettings;
  readonly video: VideoSettings;
  /** By track. */
  readonly sources: ReadonlyMap<number, PhotoFace>;
  readonly timeline: FaceTimeline;
  /** Tuned weights that take the place of the engine's own. */
  readonly tuned?: string | undefined;
  /** Size of the frames of a clip that is worked through; absent where single frames are wanted. */
  readonly clip?: { readonly width: number; readonly height: number } | undefined;
}

/** Personal tuning for one job. */
export interface JobTuning extends AsyncDisposable {
  /** Bytes that tuning on so many faces takes in the job's folder, at most. */
  bytes?(faces: number): number;
  /** What tuning learns from a face of a frame. @throws CancelledError, NoFaceError */
  prepare(frame: Frame, face: TrackedFace, signal: AbortSignal): Promise<PreparedFrame>;
  /** Tunes on prepared frames; nothing is prepared afterwards. */
  tune(options: TuneOptions): Promise<TuningOutcome>;
}

export interface TuneOptions
  extends Pick<TuningJobOptions, 'folder' | 'frames' | 'wish' | 'turn' | 'watchedFrame' | 'onEvent' | 'onNotice'> {
  readonly settings: Omit<TuningSettings, 'resume'> & {
    /** Kept weights to begin with. */
    readonly resumeId: string | null;
  };
}

export interface VideoEngine extends AsyncDisposable {
  /** Seconds of video in a part, of which a killed process loses at most one; shorter for engines that are slow. */
  readonly partSeconds?: number | undefined;
  /**
   * Names and hashes of everything that decides how a frame comes out.
   * @throws MissingPackError when the engine that is asked for cannot run
   */
  identity(swap: SwapSettings): Promise<Readonly<Record<string, string>>>;
  /**
   * Names and hashes of what decides what is seen in a frame, beside the clip itself. Without it nothing that was seen
   * serves another job.
   */
  seenWith?(): Promise<Readonly<Record<string, string>>>;
  /**
   * @param first the frame that comes next
   * @param behind bytes of the `take` that ended with the frame before it
   */
  openAnalysis(first: number, behind?: Uint8Array): Promise<ClipAnalysis>;
  /**
   * Concludes who is who in the frames of the pieces.
   * @param pieces of files with what `take` gave, in order and without gaps
   */
  timeline(pieces: readonly ObservationPiece[], signal: AbortSignal): Promise<FaceTimeline>;
  /** @throws NoFaceError when the photo has no such face, InputError when it is no photo */
  requireFace(photo: PhotoFace, signal?: AbortSignal): Promise<void>;
  openSwapper(request: SwapperRequest): Promise<FrameSwapper>;
  /**
   * Absent where there is nothing to tune.
   * @throws MissingPackError naming the packs that tuning lacks
   */
  openTuning?(request: SwapperRequest): Promise<JobTuning>;
}

/** The same timeline with frames counted over the whole clip. @param first the frame of the clip that it counts as 0 */
export function shiftTimeline(timeline: FaceTimeline, first: number): FaceTimeline {
  return {
    frames: timeline.frames + first,
    tracks: timeline.tracks.map((track) => ({
      ...track,
      firstFrame: track.firstFrame + first,
      lastFrame: track.lastFrame + first,
      bestFrame: track.bestFrame + first,
    })),
    facesAt: (frame): readonly TrackedFace[] => (frame < first ? [] : timeline.facesAt(frame - first)),
  };
}
