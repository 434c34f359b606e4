/** From a graph to something that runs. */
import { type DeviceOptions, type OpenedModel, openOnDevice } from './device.ts';
import type { Graph, Value } from './graph.ts';
import { type LoweringOptions, lowerGraph } from './lowering/lower.ts';
import { encodeOnnx } from './onnx/encode.ts';
import { type GoldenCase, goldenFromCpu, syntheticInputs } from './self-test.ts';
import { openSession, type SessionOptions, type TensorSession } from './sessions.ts';

type Outputs = Readonly<Record<string, Value>>;

/**
 * Lowers the outputs of a graph and opens them, on the CPU unless told otherwise and without a self-test.
 * @throws GraphError when the graph cannot be lowered, and what `openSession` throws.
 */
export async function openGraph(
  graph: Graph,
  outputs: Outputs,
  options: LoweringOptions & Omit<SessionOptions, 'name'> = {},
): Promise<TensorSession> {
  const { params, half, ...session } = options;
  return openSession(encodeOnnx(lowerGraph(graph, outputs, { params, half })), { ...session, name: graph.name });
}

export interface TestedGraphOptions extends LoweringOptions, Omit<DeviceOptions, 'name' | 'golden'> {
  /** Inputs of the self-test, whose outputs must be finite; default `syntheticInputs`. */
  readonly goldenInputs?: GoldenCase['inputs'] | undefined;
  /** Largest allowed difference from the CPU, relative to the largest magnitude of each output. Default 1e-3. */
  readonly tolerance?: number | undefined;
}

/**
 * As `openGraph`, on a device that has proven itself on this very graph: its numbers for fixed inputs must be those of
 * the CPU. The test runs once per graph, runtime and driver where a cache is given.
 * @throws what `openOnDevice` throws
 */
export async function openTestedGraph(
  graph: Graph,
  outputs: Outputs,
  options: TestedGraphOptions,
): Promise<OpenedModel> {
  const { params, half, goldenInputs, tolerance = 1e-3, ...rest } = options;
  const lowered = lowerGraph(graph, outputs, { params, half });
  const model = encodeOnnx(lowered);
  const inputs = goldenInputs ?? syntheticInputs(lowered);
  const golden = (): Promise<GoldenCase> => goldenFromCpu(model, { ...rest, name: graph.name }, inputs, tolerance);
  return openOnDevice(model, { ...rest, name: graph.name, golden });
}
