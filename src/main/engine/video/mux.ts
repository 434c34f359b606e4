/** Joins encoded parts into the result, with every track of the source that its container can hold. */
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { openAtomic } from '#engine/files/atomic.ts';
import { containerFor, planTracks } from './containers-out.ts';
import { ENCODERS, type EncoderSettings } from './encoders.ts';
import { fileArgument, inputOptions, PROTOCOLS } from './input-options.ts';
import { lostFile } from './lost-file.ts';
import { setPictureDuration } from './mp4-duration.ts';
import { type Rational, rescale } from './rational.ts';
import { storageFailure } from './storage-failure.ts';
import { MICROSECONDS, resultTimeBase, toSecondsText } from './time-base.ts';
import { runTool, ToolError } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';
import type { VideoInfo } from './video-info.ts';

/** A part as `encodeSegment` wrote it, and the ticks of the source that it covers. */
export interface Segment {
  readonly path: string;
  /** Ticks of its first frame. */
  readonly start: number;
  /** Ticks at which its last frame ends: the start of the next part. */
  readonly end: number;
}

export interface MuxOptions {
  readonly source: VideoInfo;
  /** In order, without gaps. */
  readonly segments: readonly Segment[];
  /** The clock of the parts' ticks. */
  readonly timeBase: Rational;
  readonly settings: EncoderSettings;
  /** The parts cover less than the source: its other tracks are cut to the same range, in whole packets. */
  readonly cut?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds without any sign of life: copying tracks of a large file reads it from end to end. */
const STALL_MS = 60_000;

/**
 * Writes `file`, which appears under its name only when it is whole. Packets are copied, not encoded again: those of the
 * parts, and those of all audio, subtitle and attachment tracks that the container takes. Chapters and metadata go along.
 * @returns what was changed or left behind, one sentence each
 * @throws UsageError for an ending that does not fit, StorageError, CancelledError
 */
export async function muxVideo(file: string, options: MuxOptions): Promise<readonly string[]> {
  const { source, segments, timeBase, settings, signal } = options;
  const name = containerFor(file, settings.codec);
  const [first, last] = [segments[0], segments.at(-1)];
  if (!first || !last) throw new RangeError('A video needs a part.');
  const plan = planTracks(source, name);
  const { ffmpeg } = await openToolbox();
  // ffmpeg counts the source's tracks from the source's start, or from the place where it is told to begin reading.
  const startMicros = BigInt(Math.round(source.startSeconds * MICROSECONDS));
  const begin = rescale(first.start, timeBase, MICROSECONDS) - startMicros;
  const length = rescale(last.end - first.start, timeBase, MICROSECONDS);
  const range = options.cut ? ['-ss', microsecondsText(begin), '-t', microsecondsText(length)] : [];
  await using target = await openAtomic(file, { signal });
  try {
    await runTool(
      ffmpeg,
      [
        ...['-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1'],
        ...['-itsoffset', microsecondsText(options.cut ? 0n : begin)],
        ...[...PROTOCOLS, '-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
        ...range,
        ...inputOptions(source.path, source.container),
        ...['-map', '0:v:0', '-c:v', 'copy', ...plan.options],
        ...['-map_metadata', '1', '-map_chapters', '1', '-map_metadata:s:v:0', `1:s:${source.video.index}`],
        // The frames stand upright now.
        ...['-metadata:s:v:0', 'rotate='],
        ...(ENCODERS[settings.codec].tag === undefined || name === 'mkv'
          ? []
          : ['-tag:v', ENCODERS[settings.codec].tag ?? '']),
        ...[
          '-max_interleave_delta',
          '0',
          '-video_track_timescale',
          String(resultTimeBase(timeBase).den),
          '-strict',
          'experimental',
        ],
        ...(options.cut ? ['-copypriorss', '0'] : []),
        ...[...plan.output, '-y', fileArgument(target.temporaryPath)],
      ],
      { signal, input: concatList(segments, timeBase), stallMs: STALL_MS, onOutput: () => undefined },
    );
  } catch (error) {
    throw error instanceof ToolError ? muxFailure(error, file, source) : error;
  }
  throwIfCancelled(signal);
  if (name === 'mp4' || name === 'mov') {
    const clock = resultTimeBase(timeBase);
    await setPictureDuration(target.temporaryPath, Number(rescale(last.end - first.start, timeBase, clock.den)));
  }
  await target.commit();
  return plan.notices;
}

/**
 * ffmpeg's list of parts. It counts microseconds; each duration is the difference of two rounded starts, so errors do not
 * add up and every part begins at its exact tick.
 */
export function concatList(segments: readonly Segment[], timeBase: Rational): string {
  const origin = segments[0]?.start ?? 0;
  const micros = (ticks: number): bigint => rescale(ticks - origin, timeBase, MICROSECONDS);
  const lines = segments.map(({ path, start, end }) => {
    const duration = microsecondsText(micros(end) - micros(start));
    return `file '${fileArgument(path).replaceAll("'", "'\\''")}'\nduration ${duration}`;
  });
  return `ffconcat version 1.0\n${lines.join('\n')}\n`;
}

const microsecondsText = (micros: bigint): string => toSecondsText(Number(micros), { num: 1, den: MICROSECONDS });

function muxFailure(error: ToolError, file: string, source: VideoInfo): Error {
  const lost = lostFile(error, source.file, fileArgument(source.path));
  if (lost) return lost;
  const damaged = error.lines.find((line) => line.includes(source.path) && /invalid data/i.test(line));
  return damaged === undefined
    ? storageFailure(error, file)
    : new InputError('The other tracks of the video cannot be read.', { file: source.file, cause: error });
}
