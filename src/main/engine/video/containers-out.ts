/** What each output container takes from the source as it is, what it takes in another form, and what it cannot hold. */
import path from 'node:path';
import { UsageError } from '#engine/errors.ts';
import { colorBoxFlag } from './color-tags.ts';
import type { CodecName } from './encoders.ts';
import type { AudioTrack, SubtitleTrack, Track, VideoInfo } from './video-info.ts';

export type ContainerName = 'mp4' | 'mov' | 'mkv' | 'webm';

interface OutputContainer {
  readonly title: string;
  readonly muxer: string;
  readonly video: ReadonlySet<CodecName>;
  readonly copiesAudio: (codec: string) => boolean;
  /** Options for sound that cannot be copied. */
  readonly otherAudio: { readonly title: string; readonly encoder: string };
  readonly copiesSubtitles: ReadonlySet<string>;
  /** The text format that other text subtitles become. */
  readonly otherSubtitles: { readonly title: string; readonly encoder: string };
  readonly attachments: boolean;
  readonly options: (source: VideoInfo) => readonly string[];
}

const MP4_AUDIO = new Set(['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'alac', 'opus', 'dts', 'flac']);
const MOV_AUDIO = new Set(['aac', 'mp3', 'ac3', 'alac']);
const AAC = { title: 'AAC', encoder: 'aac' } as const;
const TIMED_TEXT = { title: 'timed text', encoder: 'mov_text' } as const;
const MP4_VIDEO: readonly CodecName[] = ['h264', 'h265', 'h264-lossless'];
const isoOptions = (source: VideoInfo): readonly string[] => [
  '-movflags',
  `+faststart${colorBoxFlag(source.video.color)}`,
];

const CONTAINERS: Readonly<Record<ContainerName, OutputContainer>> = {
  mp4: {
    title: 'MP4',
    muxer: 'mp4',
    video: new Set<CodecName>([...MP4_VIDEO, 'vp9']),
    copiesAudio: (codec) => MP4_AUDIO.has(codec),
    otherAudio: AAC,
    copiesSubtitles: new Set(['mov_text']),
    otherSubtitles: TIMED_TEXT,
    attachments: false,
    options: isoOptions,
  },
  mov: {
    title: 'QuickTime',
    muxer: 'mov',
    video: new Set<CodecName>([...MP4_VIDEO, 'prores', 'ffv1']),
    copiesAudio: (codec) => MOV_AUDIO.has(codec) || codec.startsWith('pcm_'),
    otherAudio: AAC,
    copiesSubtitles: new Set(['mov_text']),
    otherSubtitles: TIMED_TEXT,
    attachments: false,
    options: isoOptions,
  },
  mkv: {
    title: 'Matroska',
    muxer: 'matroska',
    video: new Set<CodecName>([...MP4_VIDEO, 'vp9', 'prores', 'ffv1']),
    copiesAudio: (codec) => codec !== 'unknown',
    otherAudio: AAC,
    copiesSubtitles: new Set(['subrip', 'ass', 'ssa', 'webvtt', 'hdmv_pgs_subtitle', 'dvd_subtitle', 'dvb_subtitle']),
    otherSubtitles: { title: 'SubRip', encoder: 'subrip' },
    attachments: true,
    // Reordered frames have decoding times before zero, which Matroska does not store: nothing may be moved for them.
    options: () => ['-avoid_negative_ts', 'disabled'],
  },
  webm: {
    title: 'WebM',
    muxer: 'webm',
    video: new Set<CodecName>(['vp9']),
    copiesAudio: (codec) => codec === 'opus' || codec === 'vorbis',
    otherAudio: { title: 'Opus', encoder: 'libopus' },
    copiesSubtitles: new Set(['webvtt']),
    otherSubtitles: { title: 'WebVTT', encoder: 'webvtt' },
    attachments: false,
    options: () => ['-avoid_negative_ts', 'disabled'],
  },
};

const ENDINGS: Readonly<Record<string, ContainerName>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'mkv',
  '.webm': 'webm',
};

/**
 * The container by a file name's ending.
 * @throws UsageError for another ending, or for a codec that the container cannot hold
 */
export function containerFor(file: string, codec: CodecName): ContainerName {
  const name = ENDINGS[path.extname(file).toLowerCase()];
  if (!name) {
    throw new UsageError('The name of the result has no known video ending.', {
      file,
      action: `Use one of ${Object.keys(ENDINGS).join(', ')}.`,
    });
  }
  if (CONTAINERS[name].video.has(codec)) return name;
  const fitting = Object.entries(ENDINGS).flatMap(([ending, other]) =>
    CONTAINERS[other].video.has(codec) ? [ending] : [],
  );
  throw new UsageError(`${CONTAINERS[name].title} cannot hold this kind of video.`, {
    file,
    action: `Use one of ${fitting.join(', ')}.`,
  });
}

export interface TrackPlan {
  /** ffmpeg options that take the source's tracks over; the source is its second input. */
  readonly options: readonly string[];
  /** Options of the container itself, the muxer among them. */
  readonly output: readonly string[];
  /** What is changed or left behind, one sentence each. */
  readonly notices: readonly string[];
}

/** How the tracks beside the picture come into a container: copied bit for bit wherever it can hold them. Pure. */
export function planTracks(source: VideoInfo, name: ContainerName): TrackPlan {
  const container = CONTAINERS[name];
  const options: string[] = [];
  const notices: string[] = [];

  source.audio.forEach((track, i) => {
    options.push('-map', `1:${track.index}`, `-map_metadata:s:a:${i}`, `1:s:${track.index}`);
    if (container.copiesAudio(track.codec)) {
      options.push(`-c:a:${i}`, 'copy');
      return;
    }
    options.push(`-c:a:${i}`, container.otherAudio.encoder, `-b:a:${i}`, audioRate(track));
    notices.push(
      `${container.title} cannot hold the sound of track ${label(track, i)} (${track.codec}); it is written as ${container.otherAudio.title}.`,
    );
  });

  let subtitles = 0;
  source.subtitles.forEach((track, i) => {
    const copied = container.copiesSubtitles.has(track.codec);
    if (!copied && !track.text) {
      notices.push(
        `${container.title} cannot hold subtitle track ${label(track, i)} (${track.codec}); it is left out.`,
      );
      return;
    }
    options.push('-map', `1:${track.index}`, `-map_metadata:s:s:${subtitles}`, `1:s:${track.index}`);
    options.push(`-c:s:${subtitles}`, copied ? 'copy' : container.otherSubtitles.encoder);
    subtitles += 1;
    if (!copied) {
      notices.push(
        `Subtitle track ${label(track, i)} (${track.codec}) is written as ${container.otherSubtitles.title}; its styles may change.`,
      );
    }
  });

  if (container.attachments) {
    source.attachments.forEach(({ index }, i) => {
      options.push('-map', `1:${index}`, `-map_metadata:s:t:${i}`, `1:s:${index}`);
    });
  } else if (source.attachments.length > 0) {
    notices.push(`${container.title} cannot hold attached files; ${source.attachments.length} are left out.`);
  }
  if (container.attachments && source.attachments.length > 0) options.push('-c:t', 'copy');
  if (source.chapters.length > 0 && name === 'webm') notices.push('Chapters may be lost in some WebM players.');
  notices.push(...lostTracks(source));
  return { options, output: [...container.options(source), '-f', container.muxer], notices };
}

const LOST: Readonly<Record<VideoInfo['others'][number]['kind'], string>> = {
  cover: 'cover picture',
  video: 'further picture track',
  data: 'data track',
};

/** QuickTime's own chapter and timecode tracks are written anew from chapters and metadata. */
const REWRITTEN_DATA = new Set(['bin_data', 'unknown', 'tmcd']);

function lostTracks({ others }: VideoInfo): string[] {
  return others
    .filter(({ kind, codec }) => !(kind === 'data' && REWRITTEN_DATA.has(codec)))
    .map(({ kind, codec, index }) => `The ${LOST[kind]} ${index} (${codec}) is left out.`);
}

const audioRate = ({ channels }: AudioTrack): string => `${96 * Math.max(2, channels)}k`;

const label = (track: Track | SubtitleTrack, i: number): string =>
  track.title ?? (track.language === undefined || track.language === 'und' ? String(i + 1) : track.language);
