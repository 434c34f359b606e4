/** From a graph to something that runs. */
import type { Graph, Value } from './graph.ts';
import { type LoweringOptions, lowerGraph } from './lowering/lower.ts';
import { encodeOnnx } from './onnx/encode.ts';
import { openSession, type SessionOptions, type TensorSession } from './sessions.ts';

/**
 * Lowers the outputs of a graph and opens them.
 * @throws GraphError when the graph cannot be lowered, and what `openSession` throws.
 */
export async function openGraph(
  graph: Graph,
  outputs: Readonly<Record<string, Value>>,
  options: LoweringOptions & Omit<SessionOptions, 'name'> = {},
): Promise<TensorSession> {
  const { params, ...session } = options;
  return openSession(encodeOnnx(lowerGraph(graph, outputs, { params })), { ...session, name: graph.name });
}
