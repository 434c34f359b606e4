/**
 * ONNX protobuf encoder. Field numbers follow `onnx.proto` (onnx/onnx, IR version 8); only the messages that a
 * feed-forward or training graph needs are written.
 */
import protobuf from 'protobufjs/minimal.js';
import type { OnnxAttribute, OnnxElementType, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './model.ts';

/** Initializers that are not graph inputs need IR 4; every operator set that the studio writes is fine with 8. */
const IR_VERSION = 8;
const PRODUCER = 'e4s-studio';

/** `TensorProto.DataType` code and bytes per element. */
const ELEMENT_TYPES = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
} as const satisfies Record<OnnxElementType, { code: number; bytes: number }>;

/** `TensorProto.DataLocation.EXTERNAL`. */
const LOCATION_EXTERNAL = 1;

type Write = (writer: protobuf.Writer) => void;

const tag = (field: number, wireType: 0 | 2 | 5): number => (field << 3) | wireType;

function message(writer: protobuf.Writer, field: number, write: Write): void {
  writer.uint32(tag(field, 2)).fork();
  write(writer);
  writer.ldelim();
}

const text = (writer: protobuf.Writer, field: number, value: string): void => {
  writer.uint32(tag(field, 2)).string(value);
};

const integer = (writer: protobuf.Writer, field: number, value: number): void => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`ONNX: ${value} is not an integer`);
  writer.uint32(tag(field, 0)).int64(value);
};

const float = (writer: protobuf.Writer, field: number, value: number): void => {
  writer.uint32(tag(field, 5)).float(value);
};

/** AttributeProto: f 2, i 3, s 4, floats 7, ints 8, type 20. */
function writeAttribute(writer: protobuf.Writer, attribute: OnnxAttribute): void {
  text(writer, 1, attribute.name);
  switch (attribute.kind) {
    case 'float':
      float(writer, 2, attribute.value);
      integer(writer, 20, 1);
      break;
    case 'int':
      integer(writer, 3, attribute.value);
      integer(writer, 20, 2);
      break;
    case 'string':
      text(writer, 4, attribute.value);
      integer(writer, 20, 3);
      break;
    case 'floats':
      for (const value of attribute.value) float(writer, 7, value);
      integer(writer, 20, 6);
      break;
    case 'ints':
      for (const value of attribute.value) integer(writer, 8, value);
      integer(writer, 20, 7);
      break;
    default:
      attribute satisfies never;
  }
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
function writeNode(writer: protobuf.Writer, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name ?? node.outputs[0] ?? node.op);
  text(writer, 4, node.op);
  for (const attribute of node.attributes ?? []) message(writer, 5, (w) => writeAttribute(w, attribute));
  if (node.domain !== undefined) text(writer, 7, node.domain);
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }. */
function writeValue(writer: protobuf.Writer, value: OnnxValue): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, ELEMENT_TYPES[value.type].code);
      message(tensor, 2, (shape) => {
        for (const dim of value.dims) message(shape, 1, (w) => integer(w, 1, dim));
      });
    }),
  );
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9, external_data 13 { key 1, value 2 }, data_location 14. */
function writeInitializer(writer: protobuf.Writer, tensor: OnnxInitializer): void {
  const type = ELEMENT_TYPES[tensor.type];
  const expected = tensor.dims.reduce((product, dim) => product * dim, type.bytes);
  const data = tensor.data;
  const actual = ArrayBuffer.isView(data) ? data.byteLength : data.length;
  if (actual !== expected) {
    throw new RangeError(
      `ONNX initializer "${tensor.name}": ${actual} bytes for ${tensor.type} [${tensor.dims.join(', ')}], which has ${expected}`,
    );
  }
  for (const dim of tensor.dims) integer(writer, 1, dim);
  integer(writer, 2, type.code);
  text(writer, 8, tensor.name);
  if (ArrayBuffer.isView(data)) {
    writer.uint32(tag(9, 2)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  const entries = { location: data.file, offset: String(data.offset), length: String(data.length) };
  for (const [key, value] of Object.entries(entries)) {
    message(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  integer(writer, 14, LOCATION_EXTERNAL);
}

/** GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
function writeGraph(writer: protobuf.Writer, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, (w) => writeNode(w, node));
  text(writer, 2, model.name);
  for (const tensor of model.initializers) message(writer, 5, (w) => writeInitializer(w, tensor));
  for (const value of model.inputs) message(writer, 11, (w) => writeValue(w, value));
  for (const value of model.outputs) message(writer, 12, (w) => writeValue(w, value));
}

/**
 * Bytes of an ONNX file. Raw data is written as it lies in memory, so the machine has to be little-endian, as every
 * platform of onnxruntime-node is. External data is referenced by file name, relative to where the model is saved.
 * @throws RangeError when a constant's byte count does not fit its shape and type, or a dimension is not an integer
 */
export function encodeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new protobuf.Writer();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, PRODUCER);
  message(writer, 7, (w) => writeGraph(w, model));
  for (const set of [{ domain: '', version: model.opset }, ...(model.domains ?? [])]) {
    message(writer, 8, (w) => {
      text(w, 1, set.domain);
      integer(w, 2, set.version);
    });
  }
  return new Uint8Array(writer.finish());
}
