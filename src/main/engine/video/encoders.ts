/** The encoders on offer: one row each. */
import { UsageError } from '#engine/errors.ts';
import { DEFAULT_VIDEO_EXPORT } from '#shared/settings.ts';

export type CodecName = 'h264' | 'h265' | 'vp9' | 'prores' | 'ffv1' | 'h264-lossless';
export type PresetName = 'fast' | 'balanced' | 'small';

export interface EncoderSettings {
  readonly codec: CodecName;
  /** 0 (small) to 100 (best); 80 is hard to tell from the original. Lossless encoders take no notice of it. */
  readonly quality: number;
  /** How much work goes into a small file. */
  readonly preset: PresetName;
}

export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

export interface Encoder {
  /** As users know it. */
  readonly title: string;
  /** ffmpeg's name. */
  readonly name: string;
  /** Decoded frames equal the encoded ones bit for bit. */
  readonly lossless: boolean;
  /** Container of the parts that a result is joined from. */
  readonly segmentMuxer: 'mp4' | 'mov';
  /** Code of the track in MP4 and QuickTime where ffmpeg's own choice plays in fewer programs. */
  readonly tag?: string;
  /** The pixel format that keeps a size as it is. */
  readonly pixelFormat: (size: FrameSize) => string;
  /** Options for a quality, a preset, and a distance of key frames. Every group of pictures is closed. */
  readonly options: (settings: EncoderSettings, keyInterval: number, size: FrameSize) => readonly string[];
}

/** Constant rate factor: linear from quality 0 to quality 100. */
const factor = (quality: number, worst: number, best: number): string =>
  (worst + ((best - worst) * quality) / 100).toFixed(1);

/** Colour at half resolution needs even sides in H.264 and H.265; an odd side gets colour at full resolution. */
const evenOrFull = ({ width, height }: FrameSize): string =>
  width % 2 === 0 && height % 2 === 0 ? 'yuv420p' : 'yuv444p';

const X26X_PRESETS = { fast: 'veryfast', balanced: 'medium', small: 'slow' } as const;
const VP9_SPEEDS = { fast: '5', balanced: '3', small: '1' } as const;

/** Profiles of ProRes by the quality from which they are taken. */
const PRORES_PROFILES = [
  { from: 90, profile: 'hq' },
  { from: 60, profile: 'standard' },
  { from: 30, profile: 'lt' },
  { from: 0, profile: 'proxy' },
] as const;

const proresProfile = (quality: number): string =>
  PRORES_PROFILES.find(({ from }) => quality >= from)?.profile ?? 'proxy';

export const ENCODERS: Readonly<Record<CodecName, Encoder>> = {
  h264: {
    title: 'H.264',
    name: 'libx264',
    lossless: false,
    segmentMuxer: 'mp4',
    pixelFormat: evenOrFull,
    options: ({ quality, preset }, keyInterval) => [
      ...['-preset', X26X_PRESETS[preset], '-crf', factor(quality, 46, 11)],
      ...['-g', String(keyInterval), '-flags', '+cgop'],
    ],
  },
  h265: {
    title: 'H.265',
    name: 'libx265',
    lossless: false,
    segmentMuxer: 'mp4',
    tag: 'hvc1',
    pixelFormat: evenOrFull,
    options: ({ quality, preset }, keyInterval) => [
      ...['-preset', X26X_PRESETS[preset], '-crf', factor(quality, 48, 13)],
      ...['-x265-params', `keyint=${keyInterval}:open-gop=0:log-level=error`],
    ],
  },
  vp9: {
    title: 'VP9',
    name: 'libvpx-vp9',
    lossless: false,
    segmentMuxer: 'mp4',
    pixelFormat: () => 'yuv420p',
    options: ({ quality, preset }, keyInterval) => [
      ...['-deadline', 'good', '-cpu-used', VP9_SPEEDS[preset], '-row-mt', '1'],
      ...['-b:v', '0', '-crf', String(Math.round(Number(factor(quality, 58, 12)))), '-g', String(keyInterval)],
    ],
  },
  prores: {
    title: 'ProRes',
    name: 'prores_ks',
    lossless: false,
    segmentMuxer: 'mov',
    // With colour at half width, the last column of an odd width comes out wrong: then colour keeps its full width.
    pixelFormat: ({ width }) => (width % 2 === 0 ? 'yuv422p10le' : 'yuv444p10le'),
    options: ({ quality }, _keyInterval, { width }) => [
      ...['-profile:v', width % 2 === 0 ? proresProfile(quality) : '4444', '-vendor', 'apl0'],
    ],
  },
  ffv1: {
    title: 'FFV1 (lossless)',
    name: 'ffv1',
    lossless: true,
    segmentMuxer: 'mov',
    pixelFormat: () => 'bgr0',
    options: () => ['-level', '3', '-g', '1', '-slicecrc', '1'],
  },
  'h264-lossless': {
    title: 'H.264 RGB (lossless)',
    name: 'libx264rgb',
    lossless: true,
    segmentMuxer: 'mp4',
    pixelFormat: () => 'bgr24',
    options: ({ preset }, keyInterval) => [
      ...['-preset', preset === 'fast' ? 'ultrafast' : X26X_PRESETS[preset], '-qp', '0'],
      ...['-g', String(keyInterval), '-flags', '+cgop'],
    ],
  },
};

const { codec, quality, preset } = DEFAULT_VIDEO_EXPORT;
/** What results are encoded with when nothing is said. */
export const DEFAULT_ENCODER: EncoderSettings = { codec, quality, preset };

/**
 * The row of a codec, when this build of ffmpeg has it.
 * @throws UsageError naming those that it has
 */
export function requireEncoder(settings: EncoderSettings, available: ReadonlySet<string>): Encoder {
  const encoder = ENCODERS[settings.codec];
  if (!(settings.quality >= 0 && settings.quality <= 100)) {
    throw new UsageError(`The video quality ${settings.quality} is outside 0 to 100.`);
  }
  if (available.has(encoder.name)) return encoder;
  const titles = Object.values(ENCODERS).filter(({ name }) => available.has(name));
  throw new UsageError(`This ffmpeg cannot write ${encoder.title}.`, {
    action: `Choose one of ${titles.map(({ title }) => title).join(', ')}.`,
  });
}
