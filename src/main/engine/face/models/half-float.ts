/** IEEE 754 binary16, as model files store their weights. */

/** One half-precision number, given as its 16 bits, as a double. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Widens half-precision numbers to single precision; exact. */
export const widenHalfs = (bits: Uint16Array): Float32Array<ArrayBuffer> => Float32Array.from(bits, halfToNumber);
