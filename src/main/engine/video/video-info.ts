/** What the studio knows about a video file before it decodes it. */
import type { ColorTags } from './color-tags.ts';
import type { OrientationName } from './orientation.ts';
import type { Rational } from './rational.ts';

export interface VideoInfo {
  /** The absolute path. */
  readonly path: string;
  /** The file as the user knows it. */
  readonly file: string;
  readonly bytes: number;
  readonly container: Container;
  /** Seconds of the earliest track's start and of the whole, as the container says; timestamps count from there. */
  readonly startSeconds: number;
  readonly durationSeconds: number | undefined;
  /** The picture track that is worked on. */
  readonly video: VideoTrack;
  readonly audio: readonly AudioTrack[];
  readonly subtitles: readonly SubtitleTrack[];
  /** Fonts and other files inside the container. */
  readonly attachments: readonly Track[];
  /** Cover pictures, further picture tracks, timecode and other data. */
  readonly others: readonly OtherTrack[];
  readonly chapters: readonly Chapter[];
  /** Title, date and so on, as written. */
  readonly tags: Readonly<Record<string, string>>;
  /** What the user should know about this file, one sentence each. */
  readonly notices: readonly string[];
}

export interface Container {
  /** ffmpeg's reader for it, chosen by the file's first bytes. */
  readonly demuxer: string;
  /** As users know it: "MP4". */
  readonly title: string;
}

export interface Track {
  /** Number of the stream in the file. */
  readonly index: number;
  /** ffmpeg's name of the codec; "unknown" where it has none. */
  readonly codec: string;
  readonly language: string | undefined;
  readonly title: string | undefined;
}

export interface OtherTrack extends Track {
  readonly kind: 'cover' | 'video' | 'data';
}

export interface AudioTrack extends Track {
  readonly sampleRate: number;
  readonly channels: number;
}

export interface SubtitleTrack extends Track {
  /** Text can change its format; pictures cannot. */
  readonly text: boolean;
}

export interface Chapter {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly title: string | undefined;
}

export interface VideoTrack extends Track {
  readonly profile: string | undefined;
  /** ffmpeg's name, for example yuv420p10le. */
  readonly pixelFormat: string;
  /** Bits a sample, 8 to 16. */
  readonly bitDepth: number;
  /** Pixels as stored, before turning. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  readonly orientation: OrientationName;
  /** Pixels of an upright frame. */
  readonly width: number;
  readonly height: number;
  /** Width to height of one pixel of an upright frame. */
  readonly sampleAspect: Rational;
  /** Seconds of one tick of the frames' times. */
  readonly timeBase: Rational;
  /** Frames a second on average, where the file says. */
  readonly averageRate: Rational | undefined;
  /** Frames that the container claims, where it does. */
  readonly claimedFrames: number | undefined;
  /** Ticks at which the track ends, where the container says. */
  readonly claimedEnd: number | undefined;
  readonly color: ColorTags;
  readonly interlaced: boolean;
  readonly tags: Readonly<Record<string, string>>;
}
