/**
 * Settings, their ranges and defaults: the one place for the window, the command line and saved files.
 * Saved files carry `version`; a change of meaning needs a new version and a migration.
 */
import { z } from 'zod';
import { encoderSettingsSchema, JOB_OUTPUTS } from './jobs.ts';
import { REGION_IDS, REGIONS, type RegionId } from './regions.ts';
import { TUNING_SCHEDULES } from './tuning.ts';
import { VIDEO_CONTAINER_IDS } from './video-formats.ts';

export const ENGINE_IDS = ['classic', 'rgi'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

const regionSwitch = z.strictObject({
  /** Take the texture (style codes) of this region from the source. */
  texture: z.boolean(),
  /** Take the shape (mask) of this region from the source. */
  shape: z.boolean(),
  /** How far texture and shape move from target (0) to source (1). */
  amount: z.number().min(0).max(1),
});
export type RegionSwitch = z.infer<typeof regionSwitch>;

/** The paper's default exchange: identity regions from the source, everything else from the target. */
export const DEFAULT_REGION_SWITCHES: Record<RegionId, RegionSwitch> = Object.fromEntries(
  REGIONS.map((r) => [r.id, { texture: r.defaultTexture === 'source', shape: r.defaultShape === 'source', amount: 1 }]),
) as Record<RegionId, RegionSwitch>;

export const swapSettingsSchema = z.strictObject({
  engine: z.enum(['auto', ...ENGINE_IDS]),
  regions: z.record(z.enum(REGION_IDS), regionSwitch),
  /** Strength of the whole exchange, 0 (the target untouched) .. 1. */
  amount: z.number().min(0).max(1),
  /** Strength of re-colouring, 0 (source colours) .. 1 (light and skin tone of the target). */
  recolor: z.number().min(0).max(1),
  /** False when the inputs are aligned crops already (the paper's "crop" toggle). */
  crop: z.boolean(),
});
export type SwapSettings = z.infer<typeof swapSettingsSchema>;

export const DEFAULT_SWAP_SETTINGS: SwapSettings = {
  engine: 'auto',
  regions: DEFAULT_REGION_SWITCHES,
  amount: 1,
  recolor: 1,
  crop: true,
};

export const EXPORT_FORMATS = ['png', 'jpeg', 'webp', 'tiff'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const exportSettingsSchema = z.strictObject({
  format: z.enum(EXPORT_FORMATS),
  /** 1..100 for lossy formats; 100 in WebP means lossless. Ignored by PNG and TIFF. */
  quality: z.int().min(1).max(100),
  /** `keep` copies the target's EXIF and XMP (without its thumbnail); `strip` writes the colour profile only. */
  metadata: z.enum(['keep', 'strip']),
});
export type ExportSettings = z.infer<typeof exportSettingsSchema>;
export const DEFAULT_EXPORT_SETTINGS: ExportSettings = { format: 'png', quality: 95, metadata: 'keep' };

export const VIDEO_DETAILS = ['fast', 'high'] as const;
export type VideoDetail = (typeof VIDEO_DETAILS)[number];

/** The paper's video fields. The video jobs read them; the image tab does not. */
export const videoSettingsSchema = z.strictObject({
  /** -1 is every frame of the clip. */
  maxFrames: z.union([z.literal(-1), z.int().min(1)]),
  crop: z.boolean(),
  /** `fast` works in crops of at most 384 pixels, `high` at the face's own size as in photos. */
  detail: z.enum(VIDEO_DETAILS),
  pti: z.boolean(),
  /** Passes over the chosen frames; 0 with `ptiResume` only loads the weights. */
  ptiSteps: z.int().min(0).max(999),
  ptiLearningRate: z.number().positive().max(1),
  /** In which order the frames are visited. */
  ptiSchedule: z.enum(TUNING_SCHEDULES).default('default'),
  /** Tuned weights to begin with, by their id; null begins with the checkpoint. */
  ptiResume: z.string().min(1).max(64).nullable(),
  /** Weight of the loss against the recoloured frames (lambda). */
  recolorLambda: z.number().min(0).max(100),
});
export type VideoSettings = z.infer<typeof videoSettingsSchema>;
export const DEFAULT_VIDEO_SETTINGS: VideoSettings = {
  maxFrames: -1,
  crop: true,
  detail: 'fast',
  pti: false,
  ptiSteps: 80,
  ptiLearningRate: 1e-3,
  ptiSchedule: 'default',
  ptiResume: null,
  recolorLambda: 5,
};

/** How the result of a video job is written. */
export const videoExportSchema = encoderSettingsSchema.extend({
  output: z.enum(JOB_OUTPUTS),
  container: z.enum(VIDEO_CONTAINER_IDS),
});
export type VideoExport = z.infer<typeof videoExportSchema>;
/**
 * H.264 at a quality that is hard to tell from the original. At the same quality, harder work makes files that are a tenth
 * smaller, and takes the processors from the work on the frames.
 */
export const DEFAULT_VIDEO_EXPORT: VideoExport = {
  codec: 'h264',
  quality: 80,
  preset: 'fast',
  output: 'video',
  container: 'mp4',
};

export const THEMES = ['system', 'light', 'dark', 'high-contrast'] as const;
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type DeviceId = (typeof DEVICES)[number];

export const APP_SETTINGS_VERSION = 2;
export const appSettingsSchema = z.strictObject({
  version: z.literal(APP_SETTINGS_VERSION),
  theme: z.enum(THEMES),
  device: z.enum(DEVICES),
  tourSeen: z.boolean(),
  export: exportSettingsSchema,
  swap: swapSettingsSchema,
  video: videoSettingsSchema,
  videoExport: videoExportSchema,
  /** Jobs whose process ended go on by themselves when the studio starts; otherwise they wait for a word. */
  resumeJobs: z.boolean(),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;
export const DEFAULT_APP_SETTINGS: AppSettings = {
  version: APP_SETTINGS_VERSION,
  theme: 'system',
  device: 'auto',
  tourSeen: false,
  export: DEFAULT_EXPORT_SETTINGS,
  swap: DEFAULT_SWAP_SETTINGS,
  video: DEFAULT_VIDEO_SETTINGS,
  videoExport: DEFAULT_VIDEO_EXPORT,
  resumeJobs: false,
};
