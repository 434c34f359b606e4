/** Which frames of a clip are wanted. Pure. */
import { UsageError } from '#engine/errors.ts';
import { type FrameTimes, frameSeconds } from '#engine/video/frame-times.ts';
import type { FrameSpan, Trim, TrimPoint } from '#shared/jobs.ts';

/** Rounding of seconds that people and programs write down. */
const HALF_A_MILLISECOND = 0.0005;

/**
 * The frames from the one at or after `in` to the last one before `out`, at most `maxFrames` of them (-1: all).
 * @param startSeconds of the file: seconds of a trim count from there
 * @throws UsageError when no frame is left
 */
export function wantedFrames(
  times: FrameTimes,
  startSeconds: number,
  trim: Trim,
  maxFrames: number,
): { first: number; end: number } {
  const frames = times.pts.length;
  const first = trim.in === undefined ? 0 : frameAt(times, startSeconds, trim.in);
  const last = trim.out === undefined ? frames : frameAt(times, startSeconds, trim.out);
  const end = maxFrames < 0 ? last : Math.min(last, first + maxFrames);
  if (first >= end) {
    const seconds = (frameSeconds(times, frames) - startSeconds).toFixed(2);
    throw new UsageError(`No frame lies in this range; the clip has ${frames} frames, ${seconds} s.`, {
      action: 'Choose another range.',
    });
  }
  return { first, end };
}

/** The frames from the first of both to the last of both, as far as the clip has them. */
export const joinSpans = (wanted: FrameSpan, other: FrameSpan | undefined, frames: number): FrameSpan => ({
  first: Math.min(wanted.first, other?.first ?? wanted.first),
  end: Math.max(wanted.end, Math.min(other?.end ?? 0, frames)),
});

/** The first frame at or after the point; the number of frames where there is none. */
function frameAt(times: FrameTimes, startSeconds: number, point: TrimPoint): number {
  const { pts } = times;
  if ('frame' in point) return Math.min(point.frame, pts.length);
  const wanted = point.seconds + startSeconds - HALF_A_MILLISECOND;
  let [low, high] = [0, pts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frameSeconds(times, middle) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
