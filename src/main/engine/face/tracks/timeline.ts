/** Faces over time: what an analysed clip knows of every frame. */
import type { FfhqFrame } from '#engine/face/alignment.ts';
import type { DetectedFace } from '#engine/face/faces.ts';
import type { SkipReason } from '#shared/video.ts';

/** One face in one frame, after smoothing over time. */
export interface TrackedFace {
  /** Number of the person's track, from 0. */
  readonly track: number;
  /** Landmarks and pose, filtered so that a still face stands still. */
  readonly face: DetectedFace;
  /** The face's square, smoothed along its track (spec pipeline 1.5). */
  readonly frame: FfhqFrame;
  /** Why this face cannot be exchanged in this frame; absent where it can. */
  readonly skip?: SkipReason | undefined;
}

/** One person through the clip. */
export interface FaceTrack {
  readonly id: number;
  /** Frames in which the face was seen, counted from 0, in order. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly frames: number;
  /** The frame that shows the face best, for a thumbnail. */
  readonly bestFrame: number;
}

/** A finished analysis. Frames are counted from 0 in the order of their times. */
export interface FaceTimeline {
  readonly frames: number;
  /** Longest first, of equals the one seen first; ids are their positions. */
  readonly tracks: readonly FaceTrack[];
  /** The faces of a frame, by track. */
  facesAt(frame: number): readonly TrackedFace[];
}
