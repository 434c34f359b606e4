/** The clock of a result: the source's own where containers can hold it. */
import { type Rational, rescale } from './rational.ts';

/** Finer clocks lose their exactness in ffmpeg's list of parts, which counts microseconds. */
const FINEST_TICKS_A_SECOND = 400_000;
const LARGEST_TIME_SCALE = 2 ** 31 - 1;

/** The source's time base, or 1/400000 s for one that is finer. */
export function resultTimeBase(source: Rational): Rational {
  const holds = source.den / source.num <= FINEST_TICKS_A_SECOND && source.den <= LARGEST_TIME_SCALE;
  return holds ? source : { num: 1, den: FINEST_TICKS_A_SECOND };
}

export const NANOSECONDS = 1_000_000_000;
export const MICROSECONDS = 1_000_000;

/** Nanoseconds of a number of ticks. */
export const toNanoseconds = (ticks: number, timeBase: Rational): bigint => rescale(ticks, timeBase, NANOSECONDS);

/** Seconds with six digits, as ffmpeg's options take them. */
export function toSecondsText(ticks: number, timeBase: Rational): string {
  const micros = rescale(ticks, timeBase, MICROSECONDS);
  const magnitude = micros < 0n ? -micros : micros;
  const digits = magnitude.toString().padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
