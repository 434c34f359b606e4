/** Views in row-major order: a tensor of a checkpoint may be transposed, sliced or repeated. */
import { spanOf } from './globals.ts';

/** True when the elements of a view lie one after the other in row-major order. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size === 0) return true;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/**
 * The elements of a view in row-major order, in pieces that share one buffer.
 * @param span the bytes from the first to the last element that the view touches, in a buffer of their own
 * @param width bytes of one element: 1, 2, 4 or 8
 */
export function* gatherStrided(
  span: Uint8Array<ArrayBuffer>,
  width: 1 | 2 | 4 | 8,
  shape: readonly number[],
  strides: readonly number[],
  pieceBytes: number,
): Generator<Uint8Array> {
  const total = shape.reduce((count, size) => count * size, 1);
  const from: Elements = new ARRAYS[width](span.buffer, span.byteOffset, spanOf(shape, strides));
  const piece: Elements = new ARRAYS[width](Math.min(total, Math.max(1, Math.floor(pieceBytes / width))));
  const bytes = new Uint8Array(piece.buffer);
  const index = shape.map(() => 0);
  let at = 0;
  let filled = 0;
  for (let done = 0; done < total; done++) {
    piece[filled++] = from[at] as never;
    if (filled === piece.length || done === total - 1) {
      yield bytes.subarray(0, filled * width);
      filled = 0;
    }
    // Count the index up like an odometer; `at` follows it.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      at -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
}
