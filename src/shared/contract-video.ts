/** The calls of the Video tab: looking at a clip, jobs, and addresses to play from. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { bare, base, blob, fileHandleSchema, id, maxSide, photoIdSchema, saveHandleSchema } from './contract-base.ts';
import {
  frameSpanSchema,
  jobIdSchema,
  jobInfoSchema,
  jobTimelineSchema,
  sourceFaceSchema,
  sourceGoalSchema,
  trimSchema,
} from './jobs.ts';
import { swapSettingsSchema, videoExportSchema, videoSettingsSchema } from './settings.ts';
import { VIDEO_CODECS } from './video-formats.ts';

/** A clip that the engine has open. */
export const videoIdSchema = id('video', 'VideoId');
export type VideoId = z.infer<typeof videoIdSchema>;

// ---- playing ---------------------------------------------------------------------------------------------------

/** Both shells serve videos to the page under this path, with `Range`. */
export const MEDIA_PATH = '/media/';
/** A path on the page's own address, good for this window until it goes. */
export const mediaAddressSchema = z
  .string()
  .regex(/^\/media\/[A-Za-z0-9_-]{32}$/, 'not an address of a video')
  .brand<'MediaAddress'>();
export type MediaAddress = z.infer<typeof mediaAddressSchema>;

// ---- clips -----------------------------------------------------------------------------------------------------

/** When each frame is shown, seconds on the player's clock: an even beat, or every time by itself. */
export const frameClockSchema = z.union([
  z.object({ start: z.number(), step: z.number().positive() }),
  z.object({ times: z.array(z.number()) }),
]);
export type FrameClock = z.infer<typeof frameClockSchema>;

export const clipSchema = z.object({
  video: videoIdSchema,
  name: z.string(),
  bytes: z.number(),
  /** As users know them: "MP4", "h264". */
  container: z.string(),
  codec: z.string(),
  /** Pixels of an upright frame. */
  width: z.int(),
  height: z.int(),
  /** Width to height as it is shown: pixels need not be square. */
  aspect: z.number().positive(),
  frames: z.int().min(1),
  clock: frameClockSchema,
  /** When the last frame ends, on the same clock. */
  end: z.number(),
  /** Numbers of the other tracks. */
  audio: z.int(),
  subtitles: z.int(),
  chapters: z.int(),
  /** What the user should know about the file, one sentence each. */
  notices: z.array(z.string()),
  /** A browser may not know how to play it; `video.frame` always shows it. */
  media: mediaAddressSchema,
});
export type Clip = z.infer<typeof clipSchema>;

const frame = z.int().min(0);

// ---- jobs ------------------------------------------------------------------------------------------------------

const jobSourceSchema = z.strictObject({ photo: photoIdSchema, face: sourceFaceSchema, goal: sourceGoalSchema });
export type JobSourceChoice = z.infer<typeof jobSourceSchema>;

const jobChoices = {
  sources: z.array(jobSourceSchema).max(64),
  swap: swapSettingsSchema,
  video: videoSettingsSchema,
  export: videoExportSchema,
};

export const jobRequestSchema = z.strictObject({
  clip: videoIdSchema,
  trim: trimSchema,
  /** Also look for people in these frames, so that they get the numbers that another job gave them there. */
  looked: frameSpanSchema.optional(),
  /** A job of the same clip whose people are told again in `formerly`. */
  formerly: jobIdSchema.optional(),
  ...jobChoices,
  /** Finds the faces only, so that sources can be given to people. */
  stopAfter: z.literal('analyse').optional(),
});
export type JobOrder = z.infer<typeof jobRequestSchema>;

export const jobChangeSchema = z.strictObject({ job: jobIdSchema, trim: trimSchema.optional(), ...jobChoices });
export type JobOrderChange = z.infer<typeof jobChangeSchema>;

export const jobEventSchema = z.discriminatedUnion('type', [
  /** Every job there is: the first event, and again when jobs of another process may have changed. */
  z.object({ type: z.literal('all'), jobs: z.array(jobInfoSchema) }),
  z.object({ type: z.literal('job'), job: jobInfoSchema }),
  /** A frame was finished; `jobs.frame` shows it at once. */
  z.object({ type: z.literal('frame'), id: jobIdSchema, frame }),
  z.object({ type: z.literal('removed'), id: jobIdSchema }),
]);
export type JobWatchEvent = z.infer<typeof jobEventSchema>;

const job = z.strictObject({ job: jobIdSchema });
const changed = base.input(job).output(jobInfoSchema);

export const videoContract = {
  /** Looks at a clip: one that was granted, or the target of a job. */
  open: base
    .input(z.union([z.strictObject({ file: fileHandleSchema }), z.strictObject({ job: jobIdSchema })]))
    .output(clipSchema),
  /** One frame upright, counted from 0, not larger than `maxSide`. */
  frame: base.input(z.strictObject({ video: videoIdSchema, frame, maxSide })).output(blob),
  close: base.input(z.strictObject({ video: videoIdSchema })).output(z.object({ closed: z.boolean() })),
  /** The codecs that this machine's ffmpeg can write. */
  codecs: bare.output(z.array(z.enum(VIDEO_CODECS))),
};

export const jobsContract = {
  create: base.input(jobRequestSchema).output(jobInfoSchema),
  /** Other sources and settings for a job that does not run. */
  configure: base.input(jobChangeSchema).output(jobInfoSchema),
  list: bare.output(z.array(jobInfoSchema)),
  watch: bare.output(eventIterator(jobEventSchema)),
  pause: changed,
  resume: changed,
  cancel: changed,
  retry: changed,
  remove: base.input(job).output(z.object({ removed: z.boolean() })),
  timeline: base.input(job).output(jobTimelineSchema),
  /** A frame as it came or as it becomes; one that is not finished yet is swapped on the spot. */
  frame: base
    .input(z.strictObject({ job: jobIdSchema, frame, which: z.enum(['target', 'result']), maxSide }))
    .output(blob),
  trackThumb: base.input(z.strictObject({ job: jobIdSchema, track: z.int().min(0), maxSide })).output(blob),
  /** Addresses of the clip and of the result, once it is whole and one file. */
  media: base.input(job).output(z.object({ target: mediaAddressSchema, result: mediaAddressSchema.nullable() })),
  /** The names under which a result can be saved, by its container. */
  saveAs: base
    .input(z.strictObject({ job: jobIdSchema, to: saveHandleSchema }))
    .output(z.object({ bytes: z.number(), notices: z.array(z.string()) })),
};
