/** Exact ratios of whole numbers: time bases, frame rates, sample aspect ratios. Times are counted in ticks of a base. */

export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** `"30000/1001"` or `"1:1"` as a ratio in lowest terms; undefined for nonsense and for ratios that are not positive. */
export function parseRational(text: string | undefined): Rational | undefined {
  const match = /^(\d{1,15})[/:](\d{1,15})$/.exec(text ?? '');
  const num = Number(match?.[1]);
  const den = Number(match?.[2]);
  return num > 0 && den > 0 ? reduce({ num, den }) : undefined;
}

/** Lowest terms. */
export function reduce({ num, den }: Rational): Rational {
  let [a, b] = [num, den];
  while (b !== 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

/** As ffmpeg's options take it: `num:den`. */
export const formatRational = ({ num, den }: Rational): string => `${num}:${den}`;

export const invert = ({ num, den }: Rational): Rational => ({ num: den, den: num });

/** Seconds of a number of ticks. */
export const toSeconds = (ticks: number, { num, den }: Rational): number => (ticks * num) / den;

/** Ticks counted in another unit (`perSecond` of them a second), exact, halves away from zero. */
export function rescale(ticks: number, { num, den }: Rational, perSecond: number): bigint {
  const numerator = BigInt(ticks) * BigInt(num) * BigInt(perSecond);
  const divisor = BigInt(den);
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return numerator < 0n ? -rounded : rounded;
}
