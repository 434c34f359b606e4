/** Reads TensorFlow Lite files (flatbuffer schema version 3) into plain data. Field numbers follow `schema.fbs`. */
import { InputError } from '#engine/errors.ts';
import { FlatTable } from './flat-table.ts';
import { widenHalfs } from './half-float.ts';

export interface TfliteTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Code of `TensorType`. */
  readonly type: number;
  /** Bytes of a constant; undefined for values that are computed. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

export interface TfliteOperation {
  /** `BuiltinOperator` code, or the name of a custom operation. */
  readonly op: number | string;
  /** Tensor numbers; -1 for an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable | undefined;
  readonly customOptions: Uint8Array<ArrayBuffer> | undefined;
}

export interface TfliteModel {
  readonly description: string;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** In execution order. */
  readonly operations: readonly TfliteOperation[];
}

const CUSTOM = 32;

/**
 * Reads the first subgraph of a TFLite file.
 * @throws InputError when the bytes are not a TFLite file of schema version 3
 */
export function readTflite(bytes: Uint8Array): TfliteModel {
  const { root, identifier } = FlatTable.open(bytes);
  if (identifier !== 'TFL3' || root.int32(0) !== 3) throw new InputError('This is not a TensorFlow Lite 3 model.');
  const codes = root.tables(1).map((code) => {
    // The code moved from an int8 to an int32 field when it outgrew 127; older files fill the first one only.
    const builtin = Math.max(code.int8(0), code.int32(3));
    return builtin === CUSTOM ? code.text(1) : builtin;
  });
  const graph = root.tables(2)[0];
  if (graph === undefined) throw new InputError('This TensorFlow Lite model has no graph.');
  const buffers = root.tables(4).map((buffer) => buffer.bytes(0));
  return {
    description: root.text(3),
    tensors: graph.tables(0).map((tensor) => ({
      dims: tensor.int32s(0),
      type: tensor.int8(1),
      bytes: buffers[tensor.int32(2)],
      name: tensor.text(3),
    })),
    inputs: graph.int32s(1),
    outputs: graph.int32s(2),
    operations: graph.tables(3).map((operation) => ({
      op: codes[operation.int32(0)] ?? '',
      inputs: operation.int32s(1),
      outputs: operation.int32s(2),
      options: operation.table(4),
      customOptions: operation.bytes(5),
    })),
  };
}

/**
 * The values of a constant tensor, half precision widened; undefined for a computed tensor.
 * @throws InputError for an element type other than float32, float16 and int32
 */
export function tfliteConstant(tensor: TfliteTensor): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | undefined {
  if (tensor.bytes === undefined) return undefined;
  switch (tensor.type) {
    case 0:
      return new Float32Array(tensor.bytes.buffer);
    case 1:
      return widenHalfs(new Uint16Array(tensor.bytes.buffer));
    case 2:
      return new Int32Array(tensor.bytes.buffer);
    default:
      throw new InputError(
        `Constant "${tensor.name}" has element type ${tensor.type}, which the converter does not know.`,
      );
  }
}
