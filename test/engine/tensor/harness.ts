/** Builds small graphs and runs them on the CPU. */
import { elementCount, type TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';

export type Tensors = Readonly<Record<string, TensorData>>;

/** Numbers in [-1, 1) that are the same on every machine. */
export function noise(seed: string, dims: readonly number[], scale = 1, offset = 0): TensorData {
  let state = [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  const data = Float32Array.from({ length: elementCount(dims) }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return offset + scale * (((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1);
  });
  return { dims, data };
}

/** Runs what `build` makes of the inputs (one graph input each). */
export async function evaluate(
  inputs: Tensors,
  build: (inputs: Record<string, Value>, graph: Graph) => Value | Readonly<Record<string, Value>>,
): Promise<Record<string, TensorData>> {
  const graph = new Graph('test');
  const leaves = Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, data }]) => [
      name,
      graph.input(name, dims, data instanceof BigInt64Array ? 'int64' : 'float32'),
    ]),
  );
  const built = build(leaves, graph);
  const outputs =
    'graph' in built && built.graph === graph ? { out: built as Value } : (built as Record<string, Value>);
  await using session = await openGraph(graph, outputs, { threads: 1 });
  return await session.run(Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]!])));
}

/** One output as plain numbers. */
export async function numbers(
  inputs: Tensors,
  build: (inputs: Record<string, Value>, graph: Graph) => Value,
): Promise<number[]> {
  const { out } = await evaluate(inputs, build);
  const elements: Iterable<number | bigint> = out!.data;
  return [...elements].map(Number);
}
