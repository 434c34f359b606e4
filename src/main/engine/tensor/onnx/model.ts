/** The part of an ONNX model that the studio writes: plain data, turned into bytes by `encode.ts`. */

export type OnnxElementType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool' | 'uint8';

export type OnnxAttribute =
  | { readonly name: string; readonly kind: 'int'; readonly value: number }
  | { readonly name: string; readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly name: string; readonly kind: 'float'; readonly value: number }
  | { readonly name: string; readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly name: string; readonly kind: 'string'; readonly value: string };

export interface OnnxNode {
  readonly op: string;
  /** Empty strings stand for optional inputs that are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly OnnxAttribute[];
  /** Operator set; absent for the default one. */
  readonly domain?: string;
  readonly name?: string;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxElementType;
  /** Static shape. */
  readonly dims: readonly number[];
}

/** A constant: bytes inside the model, or a range of a file beside it (ONNX external data). */
export interface OnnxInitializer extends OnnxValue {
  readonly data:
    | Float32Array
    | Uint16Array
    | BigInt64Array
    | Int32Array
    | Uint8Array
    | { readonly file: string; readonly offset: number; readonly length: number };
}

export interface OnnxModel {
  readonly name: string;
  readonly opset: number;
  /** Further operator sets, for example `com.microsoft`. */
  readonly domains?: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}
