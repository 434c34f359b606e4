/** Changes of size. */
import { at, bytes, four, put, putFour } from './lanes';

/** Where the samples of an enlarged axis are read: below, above, and the share of the latter. */
function axis(from: i32, to: i32, table: usize): void {
  for (let x = 0; x < to; x++) {
    const place = Math.min(<f64>(from - 1), Math.max(0, ((<f64>x + 0.5) * <f64>from) / <f64>to - 0.5));
    const low = <i32>Math.floor(place);
    store<i32>(table + bytes(3 * x), low << 2);
    store<i32>(table + bytes(3 * x), min(from - 1, low + 1) << 2, 4);
    store<f32>(table + bytes(3 * x), <f32>(place - <f64>low), 8);
  }
}

function enlargeRow(row: usize, width: i32, table: usize, to: usize): void {
  for (let x = 0; x < width; x++) {
    const entry = table + bytes(3 * x);
    const low = load<f32>(row + load<u32>(entry));
    put(to, x, low + load<f32>(entry, 8) * (load<f32>(row + load<u32>(entry, 4)) - low));
  }
}

/**
 * Prepares a reader of the rows of a plane enlarged from sw x sh to width x height: bilinear, half-pixel centres, ends
 * repeat. Its memory: source, sw, width, the two rows that it holds, and where they lie; then tables and rows.
 */
export function openRows(reader: usize, source: usize, sw: i32, sh: i32, width: i32, height: i32): void {
  const across = reader + 64;
  const down = across + bytes(3 * width);
  const rows = down + bytes(3 * height);
  store<u32>(reader, <u32>source);
  store<i32>(reader, sw, 4);
  store<i32>(reader, width, 8);
  store<i32>(reader, -1, 12);
  store<i32>(reader, -1, 16);
  store<u32>(reader, <u32>rows, 20);
  store<u32>(reader, <u32>(rows + bytes(width + 4)), 24);
  store<u32>(reader, <u32>down, 28);
  store<u32>(reader, <u32>(rows + 2 * bytes(width + 4)), 32);
  axis(sw, width, across);
  axis(sh, height, down);
}

/** Row `y` of the enlarged plane; what was given before is overwritten. */
export function enlargedRow(reader: usize, y: i32): usize {
  const source = <usize>load<u32>(reader);
  const sw = load<i32>(reader, 4);
  const width = load<i32>(reader, 8);
  const entry = <usize>load<u32>(reader, 28) + bytes(3 * y);
  const low = load<i32>(entry) >> 2;
  const high = load<i32>(entry, 4) >> 2;
  if (load<i32>(reader, 12) != low) {
    const upper = load<u32>(reader, 20);
    const upperRow = load<i32>(reader, 12);
    store<u32>(reader, load<u32>(reader, 24), 20);
    store<i32>(reader, load<i32>(reader, 16), 12);
    store<u32>(reader, upper, 24);
    store<i32>(reader, upperRow, 16);
    if (load<i32>(reader, 12) != low) {
      enlargeRow(source + bytes(low * sw), width, reader + 64, <usize>load<u32>(reader, 20));
      store<i32>(reader, low, 12);
    }
  }
  if (load<i32>(reader, 16) != high) {
    enlargeRow(source + bytes(high * sw), width, reader + 64, <usize>load<u32>(reader, 24));
    store<i32>(reader, high, 16);
  }
  const upper = <usize>load<u32>(reader, 20);
  const lower = <usize>load<u32>(reader, 24);
  const out = <usize>load<u32>(reader, 32);
  const share = f32x4.splat(load<f32>(entry, 8));
  // Rows have room for the lanes beyond their end.
  for (let x = 0; x < width; x += 4) {
    const a = four(upper, x);
    putFour(out, x, f32x4.add(a, f32x4.mul(share, f32x4.sub(four(lower, x), a))));
  }
  return out;
}

/** Enlarges a plane, and adds ax x + ay y + offset (x, y whole pixels of the result). */
export function enlarge(
  source: usize,
  sw: i32,
  sh: i32,
  out: usize,
  width: i32,
  height: i32,
  ax: f32,
  ay: f32,
  offset: f32,
  reader: usize,
): void {
  openRows(reader, source, sw, sh, width, height);
  const plain = ax == 0 && ay == 0 && offset == 0;
  const ramp = f32x4.mul(f32x4.splat(ax), f32x4(0, 1, 2, 3));
  for (let y = 0; y < height; y++) {
    const row = enlargedRow(reader, y);
    const to = out + bytes(y * width);
    if (plain) {
      memory.copy(to, row, bytes(width));
      continue;
    }
    const start = offset + ay * <f32>y;
    for (let x = 0; x < width; x += 4) {
      putFour(row, x, f32x4.add(four(row, x), f32x4.add(f32x4.splat(start + ax * <f32>x), ramp)));
    }
    memory.copy(to, row, bytes(width));
  }
}

/** Means of factor x factor cells; what is left over at right and bottom does not count. */
export function shrink(source: usize, width: i32, height: i32, factor: i32, out: usize): void {
  const w = width / factor;
  const h = height / factor;
  const share: f32 = <f32>(1.0 / <f64>(factor * factor));
  for (let y = 0; y < h; y++) {
    const top = source + bytes(y * factor * width);
    const to = out + bytes(y * w);
    let x = 0;
    if (factor == 4) {
      for (; x + 4 <= w; x += 4) {
        const a = cells4(top, width, 4 * x);
        const b = cells4(top, width, 4 * x + 4);
        const c = cells4(top, width, 4 * x + 8);
        const d = cells4(top, width, 4 * x + 12);
        const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
        const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
        const sum = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
        putFour(to, x, f32x4.mul(sum, f32x4.splat(share)));
      }
    } else if (factor == 2) {
      for (; x + 4 <= w; x += 4) {
        const a = f32x4.add(four(top, 2 * x), four(top, width + 2 * x));
        const b = f32x4.add(four(top, 2 * x + 4), four(top, width + 2 * x + 4));
        const sum = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
        putFour(to, x, f32x4.mul(sum, f32x4.splat(share)));
      }
    }
    for (; x < w; x++) {
      let sum: f32 = 0;
      for (let row = 0; row < factor; row++) {
        for (let k = 0; k < factor; k++) sum += at(top, row * width + x * factor + k);
      }
      put(to, x, sum * share);
    }
  }
}

// @ts-expect-error: decorator
@inline
function cells4(top: usize, width: i32, x: i32): v128 {
  return f32x4.add(
    f32x4.add(four(top, x), four(top, width + x)),
    f32x4.add(four(top, 2 * width + x), four(top, 3 * width + x)),
  );
}
