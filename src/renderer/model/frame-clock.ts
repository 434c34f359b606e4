/** Frames and seconds of a clip, and how they are written. */
import type { Clip } from '#shared/contract-video.ts';

export type Timed = Pick<Clip, 'clock' | 'frames' | 'end'>;

/** Seconds on the player's clock at which a frame begins; for the number of frames, the end. */
export function secondsOf({ clock, frames, end }: Timed, frame: number): number {
  if (frame >= frames) return end;
  return 'times' in clock ? (clock.times[frame] ?? end) : clock.start + frame * clock.step;
}

/** The frame that is shown at a time. */
export function frameAt(clip: Timed, seconds: number): number {
  const { clock, frames } = clip;
  if (!('times' in clock)) {
    // A player's clock is rounded to microseconds: what is that close to the next frame is the next frame.
    const frame = Math.floor((seconds - clock.start) / clock.step + 1e-3);
    return Math.min(Math.max(0, frame), frames - 1);
  }
  let [low, high] = [0, frames - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((clock.times[middle] ?? 0) <= seconds + 1e-4) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A time well inside of a frame, so that a player that rounds shows this one. */
export function insideOf(clip: Timed, frame: number): number {
  const begin = secondsOf(clip, frame);
  return begin + (secondsOf(clip, frame + 1) - begin) / 2;
}

/** Frames a second on average. */
export const rateOf = (clip: Timed): number => clip.frames / Math.max(1e-6, clip.end - secondsOf(clip, 0));

const two = (value: number): string => String(value).padStart(2, '0');

/** 1:02:03.456, without hours where there are none. */
export function timecode(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(seconds * 1000));
  const whole = Math.floor(milliseconds / 1000);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = `${two(whole % 60)}.${String(milliseconds % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** 30 fps, 29.97 fps. */
export const rateText = (rate: number): string => `${Number(rate.toFixed(2))} fps`;
