/** Video jobs as the window, the command line and saved files speak of them. No paths: those stay in the engine. */
import { z } from 'zod';
import { errorReportSchema } from './contract-base.ts';
import { JOB_PHASE_IDS, JOB_STATES, SKIP_REASON_IDS, type SkipReason } from './video.ts';
import { VIDEO_CODECS, VIDEO_CONTAINER_IDS } from './video-formats.ts';

// ---- what a job is asked for -----------------------------------------------------------------------------------

export const VIDEO_PRESETS = ['fast', 'balanced', 'small'] as const;

/** How a result is encoded. */
export const encoderSettingsSchema = z.strictObject({
  codec: z.enum(VIDEO_CODECS),
  /** 0 (small) .. 100 (best); lossless codecs take no notice of it. */
  quality: z.number().min(0).max(100),
  preset: z.enum(VIDEO_PRESETS),
});

/** A place in the clip: a frame counted from 0, or seconds after the clip's start. */
export const trimPointSchema = z.union([
  z.strictObject({ frame: z.int().min(0) }),
  z.strictObject({ seconds: z.number().min(0) }),
]);
export type TrimPoint = z.infer<typeof trimPointSchema>;

/** The frames that are wanted: from the one at or after `in` to the last one before `out`. */
export const trimSchema = z.strictObject({ in: trimPointSchema.optional(), out: trimPointSchema.optional() });
export type Trim = z.infer<typeof trimSchema>;

/**
 * Which tracks a source goes to: those of the analysed clip by number, all of them, the one whose faces cover most of the
 * clip, or the one of a face of the first frame (counted from 0, largest first).
 */
export const sourceGoalSchema = z.union([
  z.enum(['largest', 'all']),
  z.strictObject({ track: z.int().min(0) }),
  z.strictObject({ firstFrameFace: z.int().min(0) }),
]);
export type SourceGoal = z.infer<typeof sourceGoalSchema>;

/** Which face of a source photo is meant. */
export const sourceFaceSchema = z.union([z.literal('largest'), z.int().min(0)]);
export type SourceFace = z.infer<typeof sourceFaceSchema>;

/** x, y, width, height in pixels of the upright picture. */
export const faceBoxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type FaceBox = Readonly<z.infer<typeof faceBoxSchema>>;

/** Frames of a clip: `first` up to, without, `end`. */
export const frameSpanSchema = z.strictObject({ first: z.int().min(0), end: z.int().positive() });
export type FrameSpan = Readonly<z.infer<typeof frameSpanSchema>>;

/** A video, or a folder of PNG pictures with their times. */
export const JOB_OUTPUTS = ['video', 'pictures'] as const;
export type JobOutput = (typeof JOB_OUTPUTS)[number];

// ---- what is known of a job ------------------------------------------------------------------------------------

/** `job_` and characters that sort by the time of making. */
export const jobIdSchema = z
  .string()
  .regex(/^job_[0-9a-z]{8,40}$/, 'not a job')
  .brand<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;

/** Frames `from` up to and including `to`, counted from 0 over the whole clip. */
export const skippedRangeSchema = z.object({ from: z.int(), to: z.int(), reason: z.enum(SKIP_REASON_IDS) });
export type SkippedRange = z.infer<typeof skippedRangeSchema>;

export const jobInfoSchema = z.object({
  id: jobIdSchema,
  /** The target's file name. */
  target: z.string(),
  /** The result's file name; null while it stays in the job's folder. */
  out: z.string().nullable(),
  output: z.enum(JOB_OUTPUTS),
  /** The container of the result; null for pictures. */
  container: z.enum(VIDEO_CONTAINER_IDS).nullable(),
  state: z.enum(JOB_STATES),
  /** The phase in work, or where it stopped. */
  phase: z.enum(JOB_PHASE_IDS),
  /** Upright pixels of a frame. */
  width: z.int(),
  height: z.int(),
  /** Frames of the whole clip, and those that are wanted: `first` up to, without, `end`. */
  clipFrames: z.int(),
  first: z.int(),
  end: z.int(),
  /** Seconds of the wanted frames together. */
  seconds: z.number(),
  /** Frames of the phase in work. */
  framesDone: z.int(),
  framesTotal: z.int(),
  /** 0..1 over all phases. */
  fraction: z.number(),
  /** Frames a second of late; null while nothing is known. */
  fps: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** The faces are found: tracks can be listed and sources assigned. */
  analysed: z.boolean(),
  /** It has looked for people and waits to be told who gets which face: nobody has started it yet. */
  draft: z.boolean(),
  /** It has begun to tune weights of its own, which go when it is cancelled, begun anew or removed. */
  tuned: z.boolean(),
  /** Frames in which a face was exchanged, so far. */
  swappedFrames: z.int(),
  /** Frames without an exchanged face, so far. */
  skipped: z.array(skippedRangeSchema),
  /** What the user should know, one sentence each. */
  notices: z.array(z.string()),
  /** Why it failed, or why it paused by itself. */
  error: errorReportSchema.optional(),
  /** Bytes that the result and its parts are expected to take. */
  forecastBytes: z.number(),
  /** ISO 8601. */
  created: z.string(),
  changed: z.string(),
});
export type JobInfo = z.infer<typeof jobInfoSchema>;

/** What is said of a frame, or of a track in it: done, waiting for its turn, or left as it is. */
export const FRAME_STATES = ['pending', 'swapped', ...SKIP_REASON_IDS] as const;
export type FrameState = 'pending' | 'swapped' | SkipReason;

/** Frames `from` up to and including `to`, counted from 0 over the whole clip. */
export const frameRangeSchema = z.object({ from: z.int(), to: z.int(), state: z.enum(FRAME_STATES) });
export type FrameRange = z.infer<typeof frameRangeSchema>;

export const jobTrackSchema = z.object({
  id: z.int(),
  firstFrame: z.int(),
  lastFrame: z.int(),
  /** Frames in which it is seen. */
  frames: z.int(),
  /** The frame that shows it best. */
  bestFrame: z.int(),
  /** Numbers that it had before more frames were looked at. */
  formerly: z.array(z.int()).optional(),
  /** Number of its source in the job's list; null where it keeps its face. */
  source: z.int().nullable(),
  /** Where it is seen; frames between the ranges are without it. */
  ranges: z.array(frameRangeSchema),
});
export type JobTrack = z.infer<typeof jobTrackSchema>;

export const jobTimelineSchema = z.object({
  /** The wanted frames. */
  first: z.int(),
  end: z.int(),
  /** The frames in which people were looked for, the wanted ones among them: tracks are numbered by these. */
  looked: frameSpanSchema,
  tracks: z.array(jobTrackSchema),
  /** Every wanted frame, in order, without gaps. */
  ranges: z.array(frameRangeSchema),
});
export type JobTimeline = z.infer<typeof jobTimelineSchema>;
