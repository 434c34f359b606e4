/** The few things that the studio reads out of ICC profiles by itself (ICC.1:2022; v2 profiles too). */

/** The colour space of a profile's pixels ("RGB ", "GRAY", "CMYK" …); undefined when this is no profile (section 7.2). */
export function profileSpace(icc: Uint8Array): string | undefined {
  if (icc.length < 132) return undefined;
  const size = viewOf(icc).getUint32(0);
  return signature(icc, 36) === 'acsp' && size <= icc.length ? signature(icc, 16) : undefined;
}

/** Whether a profile says by its description that it is sRGB, whichever maker's version of it. */
export function isSrgb(icc: Uint8Array): boolean {
  const description = readTag(icc, 'desc');
  if (!description || profileSpace(icc) !== 'RGB ') return false;
  // v2 text is ASCII, v4 text is UTF-16: without the zeros both read the same.
  const name = Buffer.from(description).toString('latin1').replaceAll('\0', '');
  return /\bsRGB\b|sRGB(?=[A-Z0-9 ])/.test(name) && !/linear/i.test(name);
}

/** A tag's data (section 7.3), or undefined where the profile has none or is damaged. */
export function readTag(icc: Uint8Array, name: string): Uint8Array | undefined {
  if (icc.length < 132) return undefined;
  const data = viewOf(icc);
  const count = Math.min(data.getUint32(128), 1024);
  for (let at = 132; at + 12 <= icc.length && at < 132 + count * 12; at += 12) {
    if (signature(icc, at) !== name) continue;
    const offset = data.getUint32(at + 4);
    const length = data.getUint32(at + 8);
    return offset + length <= icc.length ? icc.subarray(offset, offset + length) : undefined;
  }
  return undefined;
}

/** A tone curve from encoded values to linear light, both in [0, 1], rising. */
export type ToneCurve = (encoded: number) => number;

/** The tone curve of a grey profile (`kTRC`), or undefined where it has none that is understood. */
export function greyCurve(icc: Uint8Array): ToneCurve | undefined {
  const tag = readTag(icc, 'kTRC');
  if (!tag || tag.length < 12) return undefined;
  switch (signature(tag, 0)) {
    case 'curv':
      return sampledCurve(tag);
    case 'para':
      return parametricCurve(tag);
    default:
      return undefined;
  }
}

/** `curveType`, section 10.6: identity, a gamma, or samples with straight lines between. */
function sampledCurve(tag: Uint8Array): ToneCurve | undefined {
  const data = viewOf(tag);
  const count = data.getUint32(8);
  if (12 + count * 2 > tag.length) return undefined;
  if (count === 0) return (x) => x;
  if (count === 1) {
    const gamma = data.getUint16(12) / 256;
    return (x) => x ** gamma;
  }
  const samples = Float64Array.from({ length: count }, (_, i) => data.getUint16(12 + i * 2) / 65535);
  return (x) => {
    const place = Math.min(1, Math.max(0, x)) * (count - 1);
    const below = Math.min(count - 2, Math.floor(place));
    const [low, high] = [samples[below] as number, samples[below + 1] as number];
    return low + (high - low) * (place - below);
  };
}

/** `parametricCurveType`, section 10.18, functions 0 to 4. */
function parametricCurve(tag: Uint8Array): ToneCurve | undefined {
  const data = viewOf(tag);
  const kind = data.getUint16(8);
  const parameters = [1, 3, 4, 5, 7][kind];
  if (parameters === undefined || 12 + parameters * 4 > tag.length) return undefined;
  const value = (i: number): number => (i < parameters ? data.getInt32(12 + i * 4) / 65536 : 0);
  const [g, a, b, c, d, e, f] = [value(0), value(1), value(2), value(3), value(4), value(5), value(6)];
  switch (kind) {
    case 0:
      return (x) => x ** g;
    case 1:
      return (x) => (x >= -b / a ? (a * x + b) ** g : 0);
    case 2:
      return (x) => (x >= -b / a ? (a * x + b) ** g + c : c);
    case 3:
      return (x) => (x >= d ? (a * x + b) ** g : c * x);
    default:
      return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f);
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const signature = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
