/** What the analysis of a clip sees in one frame, before anything is smoothed or concluded. */

export interface FaceObservation {
  /** Number of an unbroken stretch of frames in which this face was followed; people may have several. */
  readonly stretch: number;
  /** The detector's probability when the stretch began, [0, 1]. */
  readonly score: number;
  /** The mesh network's belief in a face, [0, 1]. */
  readonly presence: number;
  /** See `sharpnessOf`. */
  readonly sharpness: number;
  /** What the face looks like: `FaceSignature`. */
  readonly signature: Int8Array<ArrayBuffer>;
  /** 478 x 3, continuous picture pixels; z in the same unit, smaller is nearer. */
  readonly landmarks: Float32Array<ArrayBuffer>;
}

export interface FrameObservation {
  /** Counted from 0 over the whole clip. */
  readonly index: number;
  /** Size of the frame, pixels. */
  readonly width: number;
  readonly height: number;
  /** Another shot begins here. */
  readonly cut: boolean;
  /** By stretch. */
  readonly faces: readonly FaceObservation[];
}

/** A face that is being followed: what the next frame is compared with. */
export interface FollowedFace {
  readonly stretch: number;
  readonly score: number;
  readonly landmarks: Float32Array<ArrayBuffer>;
  /** Movement of the middle of the face over the last frame, pixels. */
  readonly motion: readonly [number, number];
  /** Running mean of its signatures. */
  readonly look: Float32Array<ArrayBuffer>;
}

/** All that the analysis carries from one frame to the next. */
export interface AnalyserState {
  /** The frame that comes next. */
  readonly next: number;
  readonly nextStretch: number;
  /** Frames until the picture is searched for faces again. */
  readonly untilSearch: number;
  /** Searches so far. */
  readonly searches: number;
  /** The last frame, much reduced (`scene-cut.ts`); empty before the first. */
  readonly thumbnail: Float32Array<ArrayBuffer>;
  readonly followed: readonly FollowedFace[];
}

/** Before the first frame that is looked at, which need not be the clip's first. */
export const INITIAL_STATE: AnalyserState = {
  next: 0,
  nextStretch: 0,
  untilSearch: 0,
  searches: 0,
  thumbnail: new Float32Array(0),
  followed: [],
};
