/** Gaussian blur as three box passes an axis. */
import { at, bytes, four, put, putFour } from './lanes';

/** Columns that are blurred together: one line of the processor's cache. */
const STRIP: i32 = 16;

/** Sums over 2 radius + 1 places of four lanes each, `step` bytes apart; the ends repeat. */
function boxPass(from: usize, to: usize, count: i32, step: usize, radius: i32): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>(2 * radius + 1)));
  const last = count - 1;
  let sum = f32x4.splat(0);
  for (let i = -radius; i <= radius; i++) {
    sum = f32x4.add(sum, v128.load(from + <usize>min(max(i, 0), last) * step));
  }
  for (let i = 0; i < count; i++) {
    v128.store(to + <usize>i * step, f32x4.mul(sum, share));
    const enter = v128.load(from + <usize>min(i + radius + 1, last) * step);
    const leave = v128.load(from + <usize>max(i - radius, 0) * step);
    sum = f32x4.add(sum, f32x4.sub(enter, leave));
  }
}

/** The passes of radius above 0, to and fro between two rooms; returns where the result lies. */
function passes(room: usize, other: usize, count: i32, step: usize, r0: i32, r1: i32, r2: i32): usize {
  let from = room;
  let to = other;
  for (let k = 0; k < 3; k++) {
    const radius = k == 0 ? r0 : k == 1 ? r1 : r2;
    if (radius == 0) continue;
    boxPass(from, to, count, step, radius);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** Four rows, turned so that a column lies in one vector. */
function blurRows(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  width: i32,
  r0: i32,
  r1: i32,
  r2: i32,
  room: usize,
): void {
  const other = room + ((<usize>width) << 4);
  let x = 0;
  for (; x + 4 <= width; x += 4) {
    const a = four(p0, x);
    const b = four(p1, x);
    const c = four(p2, x);
    const d = four(p3, x);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    putFour(room, 4 * x, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    putFour(room, 4 * x + 4, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    putFour(room, 4 * x + 8, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    putFour(room, 4 * x + 12, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
  }
  for (; x < width; x++) {
    put(room, 4 * x, at(p0, x));
    put(room, 4 * x + 1, at(p1, x));
    put(room, 4 * x + 2, at(p2, x));
    put(room, 4 * x + 3, at(p3, x));
  }
  const done = passes(room, other, width, 16, r0, r1, r2);
  x = 0;
  for (; x + 4 <= width; x += 4) {
    const a = four(done, 4 * x);
    const b = four(done, 4 * x + 4);
    const c = four(done, 4 * x + 8);
    const d = four(done, 4 * x + 12);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    putFour(p0, x, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    putFour(p1, x, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    putFour(p2, x, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    putFour(p3, x, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
  }
  for (; x < width; x++) {
    put(p0, x, at(done, 4 * x));
    put(p1, x, at(done, 4 * x + 1));
    put(p2, x, at(done, 4 * x + 2));
    put(p3, x, at(done, 4 * x + 3));
  }
}

/** Blurs a plane where it lies with boxes of three radii. */
export function blur(plane: usize, width: i32, height: i32, r0: i32, r1: i32, r2: i32, room: usize): void {
  const row = bytes(width);
  for (let y = 0; y < height; y += 4) {
    // The last group may hold a row more than once; each copy becomes the same.
    const p0 = plane + <usize>y * row;
    const p1 = plane + <usize>min(y + 1, height - 1) * row;
    const p2 = plane + <usize>min(y + 2, height - 1) * row;
    const p3 = plane + <usize>min(y + 3, height - 1) * row;
    blurRows(p0, p1, p2, p3, width, r0, r1, r2, room);
  }
  for (let x = 0; x < width; x += STRIP) {
    const columns = min(STRIP, width - x);
    const top = plane + bytes(x);
    const step = bytes(STRIP);
    const other = room + <usize>height * step;
    for (let y = 0; y < height; y++) memory.copy(room + <usize>y * step, top + <usize>y * row, bytes(columns));
    let done = room;
    for (let c = 0; c < columns; c += 4) {
      done = passes(room + bytes(c), other + bytes(c), height, step, r0, r1, r2) - bytes(c);
    }
    for (let y = 0; y < height; y++) memory.copy(top + <usize>y * row, done + <usize>y * step, bytes(columns));
  }
}
