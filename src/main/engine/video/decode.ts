/** The frames of a video as upright RGB24 with their exact times, one at a time, from ffmpeg's own process. */
import { InputError } from '#engine/errors.ts';
import { createByteReader } from './byte-reader.ts';
import { toRgbFilters } from './color-tags.ts';
import { createFramePool } from './frame-pool.ts';
import { createTimeQueue, isReportLine, parseFrameLine } from './frame-report.ts';
import { decoderThreads, inputOptions } from './input-options.ts';
import { VIDEO_LIMITS, type VideoLimits } from './limits.ts';
import { ORIENTATIONS } from './orientation.ts';
import { unreadable } from './probe.ts';
import { toSeconds } from './rational.ts';
import { startTool, ToolError } from './tool-process.ts';
import { openToolbox, type Toolbox } from './toolbox.ts';
import type { VideoInfo } from './video-info.ts';

export interface DecodedFrame {
  /** Ticks of the stream's time base at which it is shown. */
  readonly pts: number;
  /** Interleaved RGB, 8 bits, rows from the top, `info.video.width` x `info.video.height`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Lets a later frame use the memory of `pixels`. Frames that are never released are collected as usual. */
  release(): void;
}

export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: VideoLimits | undefined;
  /** Ticks of the first frame wanted, one of `readFrameTimes`. */
  readonly from?: number | undefined;
  /** Ticks before which the last frame wanted is shown. */
  readonly to?: number | undefined;
}

/**
 * Every frame of the range in the order of presentation: none twice, none left out, whatever the frame rate. Rotation is
 * applied; more than 8 bits become 8 (the probe's notices say so). The program runs a few frames ahead.
 * Leaving the loop early ends it.
 * @throws InputError when no frame can be decoded or the stream breaks; CancelledError, MissingPackError
 */
export async function* decodeFrames(
  info: VideoInfo,
  options: DecodeOptions = {},
): AsyncGenerator<DecodedFrame, void, undefined> {
  const toolbox = await openToolbox();
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  // Some containers seek to a place behind the wanted frame: then the video is decoded from its start.
  for (const seek of Number.isFinite(from) ? [true, false] : [false]) {
    let first = true;
    let missed = false;
    for await (const frame of runDecoder(toolbox, info, options, seek)) {
      if (frame.pts < from) {
        frame.release();
        continue;
      }
      missed = first && seek && frame.pts !== from;
      if (missed || frame.pts >= to) break;
      first = false;
      yield frame;
    }
    if (!missed && !(first && seek)) return;
  }
}

/** Milliseconds that a seek aims before the frame, so that rounding cannot lose it. */
const SEEK_MARGIN_SECONDS = 0.002;

/**
 * Frames that the program decodes while it waits for its reader: its pipe holds a fraction of one, and what reads the
 * pipe may be busy with an earlier frame.
 */
const FRAMES_AHEAD = 3;
/** Fewer where frames are very large. */
const BYTES_AHEAD = 256e6;

const aheadOf = (frameBytes: number): readonly string[] => {
  const frames = Math.max(1, Math.min(FRAMES_AHEAD, Math.floor(BYTES_AHEAD / frameBytes)));
  return ['-f', 'fifo', '-fifo_format', 'rawvideo', '-queue_size', String(frames)];
};

async function* runDecoder(
  { ffmpeg, everyFrame }: Toolbox,
  info: VideoInfo,
  options: DecodeOptions,
  seek: boolean,
): AsyncGenerator<DecodedFrame, void, undefined> {
  const { limits = VIDEO_LIMITS, signal } = options;
  const { video } = info;
  const frameBytes = video.width * video.height * 3;
  const times = createTimeQueue();
  const at = seek ? toSeconds(options.from ?? 0, video.timeBase) - info.startSeconds - SEEK_MARGIN_SECONDS : 0;
  await using tool = startTool(
    ffmpeg,
    [
      ...['-hide_banner', '-nostdin', '-nostats', '-v', 'info', '-noautorotate', '-copyts'],
      ...(at > 0 ? ['-ss', at.toFixed(6)] : []),
      ...decoderThreads(video),
      ...inputOptions(info.path, info.container, limits),
      ...['-map', `0:${video.index}`, '-vf', filtersOf(info), ...everyFrame],
      ...['-c:v', 'rawvideo', '-pix_fmt', 'rgb24', ...aheadOf(frameBytes), 'pipe:1'],
    ],
    {
      signal,
      onLine: (line) => {
        const ticks = parseFrameLine(line);
        if (ticks !== undefined) times.push(ticks);
        return isReportLine(line);
      },
    },
  );
  tool.finished.then(times.close, times.close);

  const pool = createFramePool(frameBytes);
  const reader = createByteReader(tool.stdout);
  let last = Number.NEGATIVE_INFINITY;
  for (let index = 0; ; index += 1) {
    const pixels = pool.take();
    const milliseconds = index === 0 ? limits.firstFrameMs : limits.stallMs;
    const stall = setTimeout(() => tool.stop('timeout', `No frame within ${milliseconds / 1000} s.`), milliseconds);
    try {
      const filled = await reader.fill(pixels);
      if (filled < pixels.length) {
        await tool.finished;
        if (index === 0 && !seek) throw noFrame(info);
        return;
      }
      const ticks = await times.next();
      if (ticks === undefined) throw noFrame(info);
      // As in `risingTimes`: a frame without a time of its own follows its predecessor at once.
      last = Number.isNaN(ticks) ? Math.max(last, -1) + 1 : Math.max(ticks, last + 1);
    } catch (error) {
      throw error instanceof ToolError ? unreadable(info.file, info.container, error) : error;
    } finally {
      clearTimeout(stall);
    }
    yield { pts: last, pixels, release: () => pool.release(pixels) };
  }
}

/** Times are reported first, on the frames as decoded; then they are turned and converted. */
function filtersOf({ video }: VideoInfo): string {
  const { filters } = ORIENTATIONS[video.orientation];
  return ['showinfo', ...filters, ...toRgbFilters(video, video)].join(',');
}

const noFrame = (info: VideoInfo): InputError =>
  new InputError(`No frame of this ${info.container.title} file can be decoded.`, {
    file: info.file,
    action: 'Copy or download it again, or choose another file.',
  });
