/** What a lowering rule is, and the writer that rules speak to. */
import type { Value } from '../graph.ts';
import type { OnnxAttribute } from '../onnx/model.ts';

export interface NodeWriter {
  /** Adds a node and returns the name of its output. */
  node(op: string, inputs: readonly string[], attributes?: readonly OnnxAttribute[]): string;
  /** The name of an int64 vector. */
  ints(values: readonly number[]): string;
  /** The name of a float32 scalar. */
  float(value: number): string;
}

/** Writes the nodes of one operation and returns the name of its result; an alias of an operand is fine. */
export type LoweringRule<A> = (writer: NodeWriter, operands: readonly string[], attributes: A, value: Value) => string;

export const int = (name: string, value: number): OnnxAttribute => ({ name, kind: 'int', value });
export const ints = (name: string, value: readonly number[]): OnnxAttribute => ({ name, kind: 'ints', value });
export const float = (name: string, value: number): OnnxAttribute => ({ name, kind: 'float', value });
export const string = (name: string, value: string): OnnxAttribute => ({ name, kind: 'string', value });
export const flag = (name: string, value: boolean): OnnxAttribute => int(name, value ? 1 : 0);

/** An operation that is one ONNX node with the same operands and no attributes. */
export const direct =
  (op: string): LoweringRule<unknown> =>
  (writer, operands) =>
    writer.node(op, operands);
