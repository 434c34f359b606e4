/** Steps that several kernels share. Pointers are byte offsets into the memory; planes are f32, row by row. */

/** Bytes of `n` values of 32 bits. */
// @ts-expect-error: decorator
@inline
export function bytes(n: i32): usize {
  return (<usize>n) << 2;
}

/** The value at place `i`. */
// @ts-expect-error: decorator
@inline
export function at(plane: usize, i: i32): f32 {
  return load<f32>(plane + ((<usize>i) << 2));
}

/** Puts a value at place `i`. */
// @ts-expect-error: decorator
@inline
export function put(plane: usize, i: i32, value: f32): void {
  store<f32>(plane + ((<usize>i) << 2), value);
}

/** Four values from place `i` on. */
// @ts-expect-error: decorator
@inline
export function four(plane: usize, i: i32): v128 {
  return v128.load(plane + ((<usize>i) << 2));
}

/** Puts four values from place `i` on. */
// @ts-expect-error: decorator
@inline
export function putFour(plane: usize, i: i32, values: v128): void {
  v128.store(plane + ((<usize>i) << 2), values);
}
