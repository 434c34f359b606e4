/**
 * Encodes a run of frames into one part of a result: a file of its own that starts with a key frame and refers to nothing
 * outside, so that parts made at different times are joined without encoding again (`mux.ts`).
 *
 * Timing: the frames go to ffmpeg as a Matroska stream with each frame's time in nanoseconds, the encoder counts in the
 * source's own time base, and no frame is doubled or dropped; so every time comes back as the same number of ticks.
 */
import { throwIfCancelled } from '#engine/errors.ts';
import { openAtomic } from '#engine/files/atomic.ts';
import { type ColorTags, colorBoxFlag, colorOptions, fromRgbFilters } from './color-tags.ts';
import { type EncoderSettings, requireEncoder } from './encoders.ts';
import { feedTool } from './feed-tool.ts';
import type { TimedFrame } from './frame-feed.ts';
import { fileArgument, PROTOCOLS } from './input-options.ts';
import { setPictureDuration } from './mp4-duration.ts';
import { formatRational, type Rational, rescale } from './rational.ts';
import { resultTimeBase } from './time-base.ts';
import { startTool } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';

export interface SegmentFormat {
  readonly settings: EncoderSettings;
  readonly width: number;
  readonly height: number;
  readonly sampleAspect: Rational;
  readonly color: ColorTags;
  /** The frames' clock. */
  readonly timeBase: Rational;
  /** Frames a second that the encoder plans for. */
  readonly rate: Rational;
  /** Frames from one key frame to the next. */
  readonly keyInterval: number;
}

/**
 * Writes the frames under `file`, which appears only when it is whole and flushed to the disk.
 * @returns how many frames it holds
 * @throws StorageError, CancelledError, UsageError for an encoder that is not there, or what `frames` throws
 */
export async function encodeSegment(
  file: string,
  frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>,
  format: SegmentFormat,
  signal?: AbortSignal,
): Promise<number> {
  const { ffmpeg, everyFrame, encoders } = await openToolbox();
  const encoder = requireEncoder(format.settings, encoders);
  const pixelFormat = encoder.pixelFormat(format);
  const colorBox = colorBoxFlag(format.color);
  const timeBase = resultTimeBase(format.timeBase);
  await using target = await openAtomic(file, { signal });
  await using tool = startTool(
    ffmpeg,
    [
      ...['-hide_banner', '-nostats', '-v', 'error', ...PROTOCOLS],
      ...['-copyts', '-f', 'matroska', '-i', 'pipe:0', '-map', '0:v:0', '-map_metadata', '-1'],
      '-vf',
      [
        ...fromRgbFilters(pixelFormat, format.color, format.height),
        `setsar=${format.sampleAspect.num}/${format.sampleAspect.den}`,
      ].join(','),
      ...[...everyFrame, '-enc_time_base', formatRational(timeBase)],
      ...[
        '-c:v',
        encoder.name,
        ...encoder.options(format.settings, format.keyInterval, format),
        '-pix_fmt',
        pixelFormat,
      ],
      ...colorOptions(format.color, pixelFormat),
      ...(encoder.tag === undefined ? [] : ['-tag:v', encoder.tag]),
      ...['-fflags', '+bitexact', '-strict', 'experimental', '-video_track_timescale', String(timeBase.den)],
      ...(colorBox === '' ? [] : ['-movflags', colorBox]),
      ...['-f', encoder.segmentMuxer, '-y', fileArgument(target.temporaryPath)],
    ],
    { signal },
  );
  const { count, ticks } = await feedTool(tool, frames, format, file);
  throwIfCancelled(signal);
  if (count === 0) throw new RangeError('A part of a video needs a frame.');
  await setPictureDuration(target.temporaryPath, Number(rescale(ticks, format.timeBase, timeBase.den)));
  await target.commit();
  return count;
}
