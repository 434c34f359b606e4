/** Joins encoded parts into the result, with every track of the source that its container can hold. */
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { openAtomic } from '#engine/files/atomic.ts';
import { containerFor, planTracks } from './containers-out.ts';
import { ENCODERS, type EncoderSettings } from './encoders.ts';
import { fileArgument, inputOptions, PROTOCOLS } from './input-options.ts';
import { type Rational, rescale } from './rational.ts';
import { storageFailure } from './storage-failure.ts';
import { MICROSECONDS, toSecondsText } from './time-base.ts';
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
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds without any sign of life: copying tracks of a large file reads it from end to end. */
const STALL_MS = 60_000;

/**
 * Writes `file`, which appears under its name only when it is whole. Packets are copied, not encoded again: those of the
 * parts, and those of all audio, subtitle and attachment tracks that the container takes. Chapters and metadata go along.
 * When the parts cover less than the source, the other tracks are cut to the same range.
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
  // The source's tracks count from its own start, where the picture may begin a little later.
  const origin = rescale(Math.round(source.startSeconds * MICROSECONDS), { num: 1, den: MICROSECONDS }, MICROSECONDS);
  const offset = rescale(first.start, timeBase, MICROSECONDS) - origin;
  await using target = await openAtomic(file, { signal });
  try {
    await runTool(
      ffmpeg,
      [
        ...['-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1'],
        ...['-itsoffset', microsecondsText(offset)],
        ...[...PROTOCOLS, '-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
        ...inputOptions(source.path, source.container),
        ...['-map', '0:v:0', '-c:v', 'copy', ...plan.options],
        ...['-map_metadata', '1', '-map_chapters', '1', '-map_metadata:s:v:0', `1:s:${source.video.index}`],
        // The frames stand upright now.
        ...['-metadata:s:v:0', 'rotate='],
        ...(ENCODERS[settings.codec].tag === undefined || name === 'mkv'
          ? []
          : ['-tag:v', ENCODERS[settings.codec].tag ?? '']),
        ...['-max_interleave_delta', '0', '-video_track_timescale', String(timeBase.den), '-strict', 'experimental'],
        ...[...plan.output, '-y', fileArgument(target.temporaryPath)],
      ],
      { signal, input: concatList(segments, timeBase), stallMs: STALL_MS, onOutput: () => undefined },
    );
  } catch (error) {
    throw error instanceof ToolError ? muxFailure(error, file, source) : error;
  }
  throwIfCancelled(signal);
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
  const damaged = error.lines.find((line) => line.includes(source.path) && /invalid data/i.test(line));
  return damaged === undefined
    ? storageFailure(error, file)
    : new InputError('The other tracks of the video cannot be read.', { file: source.file, cause: error });
}
