/** The clips that windows have open: what they hold, single frames for the screen, and how a window counts their time. */
import { randomUUID } from 'node:crypto';
import { UsageError } from '#engine/errors.ts';
import { encodePreview } from '#engine/image/encode.ts';
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { type FrameTimes, frameSeconds } from '#engine/video/frame-times.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { toSeconds } from '#engine/video/rational.ts';
import { type Clip, type FrameClock, type MediaAddress, type VideoId, videoIdSchema } from '#shared/contract-video.ts';

/** A clip by its place; the name is the user's. */
export interface VideoFile {
  readonly path: string;
  readonly name: string;
  /** Its owner deletes it soon: a job needs one of its own. */
  readonly temporary?: boolean | undefined;
}

export interface OpenClip {
  readonly id: VideoId;
  readonly file: VideoFile;
  readonly video: OpenedVideo;
}

export interface OpenedVideos {
  /** @throws InputError for anything that is no usable video; CancelledError, MissingPackError */
  open(file: VideoFile, signal?: AbortSignal): Promise<OpenClip>;
  /** @throws UsageError when no such clip is open */
  get(id: VideoId): OpenClip;
  /** One frame, upright, not larger than `maxSide`. @throws UsageError for a frame that the clip does not have */
  frame(id: VideoId, frame: number, maxSide: number, signal?: AbortSignal): Promise<EncodedPicture>;
  /** False when it was not open. */
  close(id: VideoId): boolean;
}

export function createOpenedVideos(): OpenedVideos {
  const clips = new Map<VideoId, OpenClip>();

  function get(id: VideoId): OpenClip {
    const clip = clips.get(id);
    if (!clip) throw new UsageError('This video is not open any more.', { action: 'Open it again.' });
    return clip;
  }

  return {
    get,
    async open(file, signal) {
      const video = await openVideo(file.path, { file: file.name, signal });
      const clip = { id: videoIdSchema.parse(`video_${randomUUID().replaceAll('-', '')}`), file, video };
      clips.set(clip.id, clip);
      return clip;
    },
    async frame(id, frame, maxSide, signal) {
      const { info, times } = get(id).video;
      const from = times.pts[frame];
      if (from === undefined) throw new UsageError(`The video has ${times.pts.length} frames.`);
      const { width, height } = info.video;
      for await (const { pixels } of decodeFrames(info, { from, to: times.pts[frame + 1] ?? times.end, signal })) {
        return encodePreview(
          { width, height, channels: 3, bitDepth: 8, pixels, format: 'frame', notices: [] },
          { maxSide },
        );
      }
      throw new UsageError(`Frame ${frame} of the video cannot be decoded.`);
    },
    close: (id) => clips.delete(id),
  };
}

/** Rounded times of an even rate may be off by half a tick of a coarse clock; a player does not see this. Seconds. */
const EVEN_TOLERANCE = 0.0012;

/** The beat of the frames, or each time where there is none. Players begin at the start of the earliest track. */
export function frameClock(times: FrameTimes, startSeconds: number): FrameClock {
  const count = times.pts.length;
  const start = frameSeconds(times, 0) - startSeconds;
  const step =
    count > 1
      ? (frameSeconds(times, count - 1) - frameSeconds(times, 0)) / (count - 1)
      : toSeconds(times.end, times.timeBase) - frameSeconds(times, 0);
  const even = times.pts.every(
    (ticks, i) => Math.abs(toSeconds(ticks, times.timeBase) - startSeconds - start - i * step) <= EVEN_TOLERANCE,
  );
  if (even && step > 0) return { start, step };
  return { times: Array.from(times.pts, (ticks) => toSeconds(ticks, times.timeBase) - startSeconds) };
}

/** What a window learns of a clip. */
export function describeClip({ id, file, video: { info, times } }: OpenClip, media: MediaAddress): Clip {
  const { video } = info;
  return {
    video: id,
    name: file.name,
    bytes: info.bytes,
    container: info.container.title,
    codec: video.codec,
    width: video.width,
    height: video.height,
    aspect: (video.width * video.sampleAspect.num) / (video.height * video.sampleAspect.den),
    frames: times.pts.length,
    clock: frameClock(times, info.startSeconds),
    end: toSeconds(times.end, times.timeBase) - info.startSeconds,
    audio: info.audio.length,
    subtitles: info.subtitles.length,
    chapters: info.chapters.length,
    notices: [...info.notices],
    media,
  };
}
