/**
 * Everything that a window may ask for: every call, its input and output (checked at run time on both sides of the
 * border) and its progress stream. Two routers: the engine process serves `engineContract`, the shell around it serves
 * `shellContract`. Files are named by opaque handles only; no call takes a path.
 */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  bare,
  base,
  blob,
  fileHandleSchema,
  maxSide,
  type PhotoId,
  photoIdSchema,
  resultIdSchema,
  saveHandleSchema,
} from './contract-base.ts';
import { modelsContract } from './contract-models.ts';
import { refineContract } from './contract-refine.ts';
import { tuningContract } from './contract-tuning.ts';
import { jobsContract, videoContract } from './contract-video.ts';
import { REGION_IDS } from './regions.ts';
import { appSettingsSchema, ENGINE_IDS, EXPORT_FORMATS, exportSettingsSchema, swapSettingsSchema } from './settings.ts';
import { STAGE_IDS } from './stages.ts';
import { VIDEO_CONTAINER_IDS } from './video-formats.ts';

export {
  errorReportSchema,
  type FileHandle,
  fileHandleSchema,
  type PhotoId,
  photoIdSchema,
  type ResultId,
  resultIdSchema,
  type SaveHandle,
  saveHandleSchema,
} from './contract-base.ts';

// ---- pictures and faces ----------------------------------------------------------------------------------------

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** A plain-words remark of the quality gate about one face or one pair. */
export const warningSchema = z.object({
  /** Stable name of the rule, for example `yaw`, `small-face`, `source-glasses`, `covered`. */
  rule: z.string(),
  /** `blocks`: a swap cannot work; `degrades`: it will work with visible faults. */
  severity: z.enum(['blocks', 'degrades', 'info']),
  message: z.string(),
});
export type Warning = z.infer<typeof warningSchema>;

export const faceSchema = z.object({
  index: z.int().min(0),
  /** x, y, width, height in pixels of the upright picture. */
  box,
  score: z.number(),
  /**
   * Degrees. Positive yaw: the face looks towards the right edge of the picture; positive pitch: it looks up; positive
   * roll: the head is turned clockwise in the picture.
   */
  yaw: z.number(),
  pitch: z.number(),
  roll: z.number(),
  /** 68 landmarks in the dlib/iBUG order, pixels of the upright picture. */
  landmarks68: z.array(z.tuple([z.number(), z.number()])).length(68),
  warnings: z.array(warningSchema),
});
export type Face = z.infer<typeof faceSchema>;

export const photoInfoSchema = z.object({
  photo: photoIdSchema,
  name: z.string(),
  width: z.int(),
  height: z.int(),
  format: z.string(),
  grey: z.boolean(),
  hasAlpha: z.boolean(),
  bitDepth: z.int(),
  /** What the decoder did that the user should know (first frame only, top part only, colours converted …). */
  notices: z.array(z.string()),
  faces: z.array(faceSchema),
});
export type PhotoInfo = z.infer<typeof photoInfoSchema>;

// ---- swaps -----------------------------------------------------------------------------------------------------

const regionSourceSchema = z.strictObject({
  source: photoIdSchema,
  sourceFace: z.int().min(0),
  regions: z.array(z.enum(REGION_IDS)).min(1),
});

export const assignmentSchema = z.strictObject({
  targetFace: z.int().min(0),
  source: photoIdSchema,
  sourceFace: z.int().min(0),
  /** Regions that come from other faces in the source's place, none of them twice. The rgi engine alone takes them. */
  others: z.array(regionSourceSchema).max(8).optional(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const swapRequestSchema = z.strictObject({
  target: photoIdSchema,
  /** One entry per target face that gets a source; faces that are not named stay as they are. */
  assignments: z.array(assignmentSchema).min(1).max(64),
  settings: swapSettingsSchema,
  /**
   * A result that is there sooner and less fine, for while a slider is dragged: engines that can work on a smaller crop.
   * It can be looked at, not exported.
   */
  draft: z.boolean().optional(),
});
export type SwapRequest = z.infer<typeof swapRequestSchema>;

/** All photos that a swap reads. */
export const photosOf = ({ target, assignments }: SwapRequest): PhotoId[] => [
  target,
  ...assignments.flatMap(({ source, others = [] }) => [source, ...others.map((other) => other.source)]),
];

const stageTime = z.object({
  stage: z.enum(STAGE_IDS),
  ms: z.number(),
  cached: z.boolean(),
  /** Peak of the process's resident memory during the stage, where it was asked for. */
  peakBytes: z.int().optional(),
});

export const swapResultSchema = z.object({
  result: resultIdSchema,
  engine: z.enum(ENGINE_IDS),
  /** Made from smaller crops; never without having been asked for, and not where crops are small already. */
  draft: z.boolean(),
  width: z.int(),
  height: z.int(),
  faces: z.array(
    z.object({
      targetFace: z.int(),
      warnings: z.array(warningSchema),
      /** Stages whose picture can be looked at. */
      stages: z.array(z.enum(STAGE_IDS)),
      /** Bounding box of the pixels that may differ from the target: x, y, width, height. */
      touched: box,
    }),
  ),
  times: z.array(stageTime),
  milliseconds: z.number(),
});
export type SwapResult = z.infer<typeof swapResultSchema>;

export const swapEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    face: z.int(),
    faces: z.int(),
    stage: z.enum(STAGE_IDS),
    /** 0..1 over the whole request. */
    fraction: z.number(),
  }),
  z.object({ type: z.literal('done'), result: swapResultSchema }),
]);
export type SwapEvent = z.infer<typeof swapEventSchema>;

// ---- the engine's calls ----------------------------------------------------------------------------------------

export const engineContract = {
  photo: {
    /** Decodes a picture and finds its faces. `thorough` also searches in tiles for small faces. */
    open: base.input(z.strictObject({ file: fileHandleSchema, thorough: z.boolean() })).output(photoInfoSchema),
    /** Searches an open picture again with tiles for small faces and all rotations. */
    detect: base.input(z.strictObject({ photo: photoIdSchema, thorough: z.boolean() })).output(photoInfoSchema),
    /** The picture upright in sRGB, not larger than `maxSide`, as PNG or JPEG. */
    view: base.input(z.strictObject({ photo: photoIdSchema, maxSide })).output(blob),
    /** The aligned crop of one face. */
    faceThumb: base.input(z.strictObject({ photo: photoIdSchema, face: z.int().min(0), maxSide })).output(blob),
    close: base.input(z.strictObject({ photo: photoIdSchema })).output(z.object({ closed: z.boolean() })),
  },
  swap: {
    run: base.input(swapRequestSchema).output(eventIterator(swapEventSchema)),
    view: base.input(z.strictObject({ result: resultIdSchema, maxSide })).output(blob),
    stage: base
      .input(z.strictObject({ result: resultIdSchema, targetFace: z.int().min(0), stage: z.enum(STAGE_IDS), maxSide }))
      .output(blob),
    export: base
      .input(z.strictObject({ result: resultIdSchema, to: saveHandleSchema, settings: exportSettingsSchema }))
      .output(z.object({ bytes: z.int(), width: z.int(), height: z.int() })),
  },
  samples: {
    /** Rendered faces of people who do not exist. */
    list: bare.output(z.array(z.object({ id: z.string(), title: z.string(), file: fileHandleSchema }))),
  },
  settings: {
    get: bare.output(appSettingsSchema),
    set: base.input(appSettingsSchema).output(appSettingsSchema),
    /** What became of a settings file that could not be used, in plain words; each is told once. */
    notices: bare.output(z.array(z.string())),
  },
  models: modelsContract,
  system: {
    doctor: bare.output(z.record(z.string(), z.unknown())),
  },
  video: videoContract,
  jobs: jobsContract,
  tuning: tuningContract,
  refine: refineContract,
};
export type EngineContract = typeof engineContract;

// ---- the shell's calls -----------------------------------------------------------------------------------------

/** What a file or folder is chosen for: which endings a dialog offers, and where an upload lies and how long. */
export const FILE_KINDS = ['picture', 'video', 'weights', 'folder'] as const;
export type FileKind = (typeof FILE_KINDS)[number];
/** What can be saved: a picture, a video, a folder with one picture for every frame (desktop), tuned weights. */
export const SAVE_FORMATS = [...EXPORT_FORMATS, ...VIDEO_CONTAINER_IDS, 'pictures', 'safetensors'] as const;
export type SaveFormat = (typeof SAVE_FORMATS)[number];
export const grantedFileSchema = z.object({ file: fileHandleSchema, name: z.string() });
export type GrantedFile = z.infer<typeof grantedFileSchema>;

export const engineStatusSchema = z.object({
  state: z.enum(['starting', 'ready', 'restarting', 'failed']),
  /** Rises by one with every engine process; ids of photos and results belong to one generation. */
  generation: z.int(),
  /** Why the last process ended, in plain words; absent after a clean start. */
  reason: z.string().optional(),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;

export const shellContract = {
  info: bare.output(
    z.object({
      kind: z.enum(['desktop', 'web']),
      version: z.string(),
      platform: z.string(),
      fallbackReason: z.string().optional(),
    }),
  ),
  /** Emits the present state at once, then every change. */
  engineStatus: bare.output(eventIterator(engineStatusSchema)),
  /** Ends the engine process and starts a new one: how a step that cannot be interrupted is cancelled. */
  restartEngine: bare.output(engineStatusSchema),
  files: {
    /**
     * The system's open dialog (desktop); for the kind `folder` it grants a folder with everything in it. The web shell
     * answers null: the page uses its own file input and upload.
     */
    openDialog: base
      .input(z.strictObject({ kind: z.enum(FILE_KINDS), multiple: z.boolean() }))
      .output(z.array(grantedFileSchema).nullable()),
    /** An empty folder that uploads fill (web); the desktop shell answers null: its folders are granted where they lie. */
    newFolder: base.input(z.strictObject({ name: z.string().min(1).max(255) })).output(grantedFileSchema.nullable()),
    /** Takes a handle back. What was uploaded as a video, as weights or as a folder is deleted with it. */
    release: base.input(z.strictObject({ file: fileHandleSchema })).output(z.object({ released: z.boolean() })),
    /** Grants bytes that have no file: a paste, or a drop in the web shell. */
    grantBytes: base.input(z.strictObject({ name: z.string().min(1).max(255), bytes: blob })).output(grantedFileSchema),
    /** The system's save dialog (desktop) or a download slot (web); null when the user closed the dialog. */
    saveDialog: base
      .input(z.strictObject({ name: z.string().min(1).max(255), format: z.enum(SAVE_FORMATS) }))
      .output(z.object({ to: saveHandleSchema, name: z.string(), download: z.string().optional() }).nullable()),
    /** Shows a saved file in the system's file manager (desktop). */
    reveal: base.input(z.strictObject({ saved: saveHandleSchema })).output(z.object({ shown: z.boolean() })),
  },
  recent: {
    list: bare.output(z.array(z.object({ id: z.string(), name: z.string(), opened: z.string(), exists: z.boolean() }))),
    open: base.input(z.strictObject({ id: z.string().max(64) })).output(grantedFileSchema),
    clear: bare.output(z.object({ cleared: z.int() })),
  },
};
export type ShellContract = typeof shellContract;
