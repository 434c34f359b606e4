/** Tensors as plain data: what crosses the border between the engine and a session. */
import { UsageError } from '#engine/errors.ts';

/** Element types of the graphs. `bool` travels as bytes that are 0 or 1. */
export const ELEMENT_TYPES = ['float32', 'int64', 'int32', 'uint8', 'bool'] as const;
export type ElementType = (typeof ELEMENT_TYPES)[number];

export type TensorArray = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** A dense row-major tensor. Images are NCHW. */
export interface TensorData {
  readonly dims: readonly number[];
  readonly data: TensorArray;
}

/** The number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((count, size) => count * size, 1);
}

/** A shape as messages show it: `[1,3,8,8]`. */
export function shapeText(dims: readonly (number | string)[]): string {
  return `[${dims.join(',')}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The element type that an array holds; bytes count as `uint8`. */
export function elementTypeOf(data: TensorArray): Exclude<ElementType, 'bool'> {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  return 'uint8';
}

/** A float32 tensor. @throws UsageError when the number of values does not fit the shape. */
export function floats(dims: readonly number[], values: ArrayLike<number>): TensorData {
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  checkTensor('a float tensor', { dims, data });
  return { dims, data };
}

/** @throws UsageError when a dimension is no natural number or the data does not fit the shape. */
export function checkTensor(name: string, tensor: TensorData): void {
  if (tensor.dims.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw new UsageError(`The shape ${shapeText(tensor.dims)} of ${name} holds something that is not a size.`);
  const expected = elementCount(tensor.dims);
  if (tensor.data.length !== expected)
    throw new UsageError(
      `${name} has the shape ${shapeText(tensor.dims)} (${expected} elements) but carries ${tensor.data.length} elements.`,
    );
}

/** @throws UsageError naming the tensor and the first index when a float tensor holds NaN or an infinity. */
export function checkFinite(name: string, tensor: TensorData): void {
  if (!(tensor.data instanceof Float32Array)) return;
  const index = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw new UsageError(`${name} holds ${tensor.data[index]} at element ${index}.`);
}
