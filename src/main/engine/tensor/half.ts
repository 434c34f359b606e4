/** IEEE half precision in arrays of 16-bit words: how features are kept where space counts more than the last digits. */

const floatView = new Float32Array(1);
const wordView = new Uint32Array(floatView.buffer);

/** The nearest half, ties to even; too large becomes infinite. */
function toHalf(value: number): number {
  floatView[0] = value;
  const word = wordView[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const mantissa = word & 0x7fffff;
  if (exponent >= 31) return sign | (exponent === 143 && mantissa !== 0 ? 0x7e00 : 0x7c00);
  if (exponent <= -11) return sign;
  // Below the normal range the leading one is written out and the mantissa shifted further.
  const shift = exponent <= 0 ? 14 - exponent : 13;
  const bits = exponent <= 0 ? mantissa | 0x800000 : mantissa + (exponent << 23);
  const half = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (rest > tie || (rest === tie && (half & 1) === 1) ? half + 1 : half);
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

export const halfOf = (values: Float32Array): Uint16Array<ArrayBuffer> => {
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < values.length; at++) halves[at] = toHalf(values[at] as number);
  return halves;
};

export const ofHalf = (halves: Uint16Array): Float32Array => {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => fromHalf(half));
  const values = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at++) values[at] = table[halves[at] as number] as number;
  return values;
};
