/** When each frame of a video is shown, in exact ticks of the stream's time base. */
import { InputError } from '#engine/errors.ts';
import { isReportLine, parseFrameLine } from './frame-report.ts';
import { decoderThreads, inputOptions } from './input-options.ts';
import { VIDEO_LIMITS, type VideoLimits } from './limits.ts';
import { unreadable } from './probe.ts';
import { type Rational, toSeconds } from './rational.ts';
import { runTool, ToolError } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';
import type { VideoInfo, VideoTrack } from './video-info.ts';

export interface FrameTimes {
  readonly timeBase: Rational;
  /** Ticks of each frame in the order of presentation, strictly rising. */
  readonly pts: Float64Array<ArrayBuffer>;
  /** Ticks at which the last frame ends. */
  readonly end: number;
}

export interface FrameTimesOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: VideoLimits | undefined;
  /** Decodes the whole video instead of reading its packets: slow, and right for damaged streams too. */
  readonly decode?: boolean | undefined;
}

/**
 * Reads the times from the packets without decoding. Where packets carry no times of their own (some AVI and MPEG
 * files) the video is decoded once.
 * @throws InputError for a video without frames, one that is cut off, or one with more frames than the limit
 * @throws CancelledError, MissingPackError
 */
export async function readFrameTimes(info: VideoInfo, options: FrameTimesOptions = {}): Promise<FrameTimes> {
  const limits = options.limits ?? VIDEO_LIMITS;
  try {
    const packets = options.decode ? undefined : await scanPackets(info, limits, options.signal);
    const times = packets ?? (await decodeTimes(info, limits, options.signal));
    if (times.pts.length === 0) {
      throw new InputError('The video has no frames.', { file: info.file, action: 'Choose another file.' });
    }
    return times;
  } catch (error) {
    throw error instanceof ToolError ? unreadable(info.file, info.container, error) : error;
  }
}

/** Seconds of a frame after the start of the file. */
export const frameSeconds = (times: FrameTimes, index: number): number =>
  toSeconds(times.pts[index] ?? times.end, times.timeBase);

/** Ticks that a frame is shown for. */
export const frameDuration = ({ pts, end }: FrameTimes, index: number): number =>
  (pts[index + 1] ?? end) - (pts[index] ?? end);

async function scanPackets(
  info: VideoInfo,
  limits: VideoLimits,
  signal: AbortSignal | undefined,
): Promise<FrameTimes | undefined> {
  const { ffprobe } = await openToolbox();
  const problems: string[] = [];
  const scan = createPacketScan(limits.frames, info.file);
  await runTool(
    ffprobe,
    [
      '-v',
      'error',
      '-select_streams',
      String(info.video.index),
      '-show_entries',
      'packet=pts,duration,flags',
      '-of',
      'csv=p=0',
      ...inputOptions(info.path, info.container, limits),
    ],
    {
      signal,
      stallMs: limits.stallMs + slowReadingMs(info),
      onOutput: scan.read,
      onLine: (line) => problems.push(line) > 0 && problems.length > limits.streams && problems.shift() !== undefined,
    },
  );
  const { claimedFrames } = info.video;
  const cutOff = problems.some((line) => /ended prematurely|moov atom not found|partial file/i.test(line));
  if (cutOff || (info.container.demuxer === 'mov' && claimedFrames !== undefined && scan.packets() < claimedFrames)) {
    throw new InputError(`The file is cut off: ${scan.packets()} of its frames are there.`, {
      file: info.file,
      action: 'Copy or download it again.',
    });
  }
  return scan.times(info.video);
}

/** Lines that ffprobe collects before it prints them, bytes that a slow disk reads in a second, and the longest wait. */
const LINES_AT_ONCE = 250;
const SLOW_BYTES_A_SECOND = 20e6;
const LONGEST_READING_SECONDS = 60;

/** Milliseconds in which a slow disk reads as many packets of this video as are told of at once. */
function slowReadingMs({ bytes, durationSeconds = 0, video }: VideoInfo): number {
  const { codedWidth, codedHeight, averageRate, claimedFrames } = video;
  const frames = claimedFrames ?? durationSeconds * (averageRate ? toSeconds(1, averageRate) : 0);
  const bytesAFrame = bytes / Math.max(1, frames);
  // No frame has more bytes than its 16-bit samples: then the file is not what it claims.
  if (bytesAFrame > codedWidth * codedHeight * 6) return 0;
  const seconds = (bytesAFrame * Math.min(LINES_AT_ONCE, frames)) / SLOW_BYTES_A_SECOND;
  return 1000 * Math.min(seconds, LONGEST_READING_SECONDS);
}

interface PacketScan {
  readonly read: (text: string) => void;
  readonly packets: () => number;
  /** Undefined where the packets do not tell each frame's time. */
  readonly times: (track: TrackClock) => FrameTimes | undefined;
}

/** Collects lines of time, duration and flags; packets that an edit list discards are counted but not shown. */
export function createPacketScan(maxFrames: number, file: string): PacketScan {
  const shown: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  let packets = 0;
  let whole = true;
  let rest = '';
  const readLine = (line: string): void => {
    if (line.trim() === '') return;
    packets += 1;
    if (packets > maxFrames) {
      throw new InputError(`The video has more than ${maxFrames} frames.`, { file, action: 'Cut it into parts.' });
    }
    const [pts = '', duration = '', flags = ''] = line.split(',');
    if (flags.includes('D')) return;
    if (!/^-?\d+$/.test(pts)) {
      whole = false;
      return;
    }
    shown.push(Number(pts));
    end = Math.max(end, Number(pts) + (/^\d+$/.test(duration) ? Number(duration) : 0));
  };
  return {
    read(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) readLine(line);
    },
    packets: () => packets,
    times(track) {
      readLine(rest);
      rest = '';
      const pts = Float64Array.from(shown).sort();
      const distinct = pts.every((ticks, i) => i === 0 || ticks > (pts[i - 1] ?? 0));
      return whole && distinct ? withEnd(pts, end, track) : undefined;
    },
  };
}

async function decodeTimes(info: VideoInfo, limits: VideoLimits, signal: AbortSignal | undefined): Promise<FrameTimes> {
  const { ffmpeg, everyFrame } = await openToolbox();
  const pts: number[] = [];
  await runTool(
    ffmpeg,
    [
      ...['-hide_banner', '-nostdin', '-nostats', '-v', 'info', '-noautorotate', '-copyts'],
      ...decoderThreads(info.video),
      ...inputOptions(info.path, info.container, limits),
      ...['-map', `0:${info.video.index}`, '-vf', 'showinfo', ...everyFrame, '-f', 'rawvideo'],
      // Each frame becomes one tiny chunk, so that the program is seen to work on.
      ...['-s', '16x16', '-pix_fmt', 'gray', 'pipe:1'],
    ],
    {
      signal,
      stallMs: limits.stallMs,
      onOutput: () => undefined,
      onLine: (line) => {
        const ticks = parseFrameLine(line);
        // A frame without a time of its own follows its predecessor at once.
        if (ticks !== undefined && pts.length <= limits.frames) pts.push(ticks);
        return isReportLine(line);
      },
    },
  );
  if (pts.length > limits.frames) {
    throw new InputError(`The video has more than ${limits.frames} frames.`, {
      file: info.file,
      action: 'Cut it into parts.',
    });
  }
  return withEnd(risingTimes(pts), Number.NEGATIVE_INFINITY, info.video);
}

/** Times in order of output, each later than the one before: a frame without a time, or with one gone back, follows at once. */
export function risingTimes(pts: readonly number[]): Float64Array<ArrayBuffer> {
  const rising = new Float64Array(pts.length);
  let last = Number.NEGATIVE_INFINITY;
  pts.forEach((ticks, i) => {
    const next = Number.isNaN(ticks) ? last + 1 : ticks;
    last = Number.isFinite(last) ? Math.max(next, last + 1) : Number.isFinite(next) ? next : 0;
    rising[i] = last;
  });
  return rising;
}

type TrackClock = Pick<VideoTrack, 'timeBase' | 'claimedEnd'>;

/** No last frame is believed to stay longer. */
const LONGEST_LAST_FRAME_SECONDS = 3600;

/**
 * The end as the container gives it for the track; otherwise after the last packet's own duration (which counts in order
 * of decoding, so it is second choice); otherwise the last frame lasts as long as the one before it, or one tick.
 */
function withEnd(pts: Float64Array<ArrayBuffer>, packetEnd: number, { timeBase, claimedEnd }: TrackClock): FrameTimes {
  const last = pts.at(-1) ?? 0;
  const previous = last - (pts.at(-2) ?? last - 1);
  const latest = last + LONGEST_LAST_FRAME_SECONDS * (timeBase.den / timeBase.num);
  const usable = (end: number | undefined): end is number => end !== undefined && end > last && end <= latest;
  return { timeBase, pts, end: [claimedEnd, packetEnd].find(usable) ?? last + previous };
}
