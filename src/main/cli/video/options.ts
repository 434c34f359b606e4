/** Options of videos: text in, checked values out. */
import { InvalidArgumentError } from 'commander';
import { DEFAULT_ENCODER } from '#engine/video/encoders.ts';
import type { Trim, TrimPoint } from '#shared/jobs.ts';

export const DEFAULT_VIDEO_QUALITY = DEFAULT_ENCODER.quality;

/** -1 for all, or a number of frames. */
export function parseMaxFrames(text: string): number {
  const value = /^(-1|\d{1,9})$/.test(text) ? Number(text) : Number.NaN;
  if (!(value === -1 || value >= 1))
    throw new InvalidArgumentError('It must be -1 for all frames, or a number from 1.');
  return value;
}

const FORM =
  'It must be a start and an end with ".." between, in seconds (2.5..10), as a time (0:30..1:05) or in frames (25f..).';

/** `in..out`, each in seconds, as a time or in frames; an empty side is the clip's own end. */
export function parseTrim(text: string): Trim {
  const [start, stop, ...rest] = text.split('..');
  if (start === undefined || stop === undefined || rest.length > 0) throw new InvalidArgumentError(FORM);
  return {
    ...(start === '' ? {} : { in: parsePoint(start) }),
    ...(stop === '' ? {} : { out: parsePoint(stop) }),
  };
}

function parsePoint(text: string): TrimPoint {
  const [, frame] = /^(\d{1,9})f$/.exec(text) ?? [];
  if (frame !== undefined) return { frame: Number(frame) };
  const [, , hours = '0', minutes = '0', seconds] =
    /^((?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d{1,9})?)$/.exec(text) ?? [];
  if (seconds === undefined) throw new InvalidArgumentError(FORM);
  return { seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
}
