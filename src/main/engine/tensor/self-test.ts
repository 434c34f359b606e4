/**
 * Self-tests: before a provider may run a graph it must reproduce known numbers of that graph. Providers have shipped
 * kernels with wrong results, which no error ever tells.
 */
import { UsageError } from '#engine/errors.ts';
import {
  checkFinite,
  type ElementType,
  elementCount,
  elementTypeOf,
  sameShape,
  shapeText,
  type TensorData,
} from './data.ts';
import { Graph } from './graph.ts';
import type { StaysFull } from './half-precision.ts';
import { lowerGraph } from './lowering/lower.ts';
import { encodeOnnx } from './onnx/encode.ts';
import type { OnnxModel } from './onnx/model.ts';
import * as op from './ops.ts';
import { availability, PROVIDER_IDS, PROVIDERS, type ProviderId } from './providers.ts';
import { openSession, type SessionOptions, type TensorSession } from './sessions.ts';

/** Known numbers of a graph. */
export interface GoldenCase {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly outputs: Readonly<Record<string, TensorData>>;
  /** Largest allowed difference, relative to the largest magnitude of the output. */
  readonly tolerance: number;
}

export type SelfTestOutcome = { readonly status: 'passed' } | { readonly status: 'failed'; readonly reason: string };

/** Runs a session on golden inputs and compares. A run that throws is a failure with the runtime's reason. */
export async function selfTest(session: TensorSession, golden: GoldenCase): Promise<SelfTestOutcome> {
  let found: Record<string, TensorData>;
  try {
    found = await session.run(golden.inputs, Object.keys(golden.outputs));
  } catch (error) {
    return { status: 'failed', reason: `it cannot run ${session.name}: ${reasonOf(error)}` };
  }
  for (const [name, expected] of Object.entries(golden.outputs)) {
    const reason = difference(name, expected, found[name]!, golden.tolerance);
    if (reason !== undefined) return { status: 'failed', reason };
  }
  return { status: 'passed' };
}

/**
 * The numbers of a model on the CPU, as golden values for another provider.
 * @throws UsageError when an output is not finite: such inputs test nothing
 */
export async function goldenFromCpu(
  model: Uint8Array | string,
  options: Omit<SessionOptions, 'device'>,
  inputs: GoldenCase['inputs'],
  tolerance: number,
): Promise<GoldenCase> {
  await using session = await openSession(model, { ...options, device: 'cpu' });
  const outputs = await session.run(inputs);
  for (const [name, output] of Object.entries(outputs))
    checkFinite(`the output ${name} of ${options.name} in its self-test`, output);
  return { inputs, outputs, tolerance };
}

/** Fixed inputs for a model: waves between -1 and 1 for floats, zeros for everything else (valid as indices). */
export function syntheticInputs({ inputs }: Pick<OnnxModel, 'inputs'>): Record<string, TensorData> {
  const arrays = { int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };
  return Object.fromEntries(
    inputs.map(({ name, dims, type }, index) => {
      if (type === 'float16') throw new UsageError(`The input ${name} is float16, which no self-test covers.`);
      const data = type === 'float32' ? waves(0.37 + index / 7, dims) : new arrays[type](elementCount(dims));
      return [name, { dims, data }];
    }),
  );
}

function waves(step: number, dims: readonly number[]): Float32Array {
  return Float32Array.from({ length: elementCount(dims) }, (_, index) => Math.sin(step * index + 0.3));
}

/** Why two tensors are not the same within a relative tolerance; `undefined` when they are. NaN differs from all. */
export function difference(
  name: string,
  expected: TensorData,
  actual: TensorData,
  tolerance: number,
): string | undefined {
  const types = [expected, actual].map((tensor): ElementType => elementTypeOf(tensor.data));
  if (types[0] !== types[1] || !sameShape(expected.dims, actual.dims))
    return `${name} is ${types[1]}${shapeText(actual.dims)} instead of ${types[0]}${shapeText(expected.dims)}`;
  let largest = 0;
  let worst = 0;
  for (let index = 0; index < expected.data.length; index++) {
    const wanted = Number(expected.data[index]);
    largest = Math.max(largest, Math.abs(wanted));
    const distance = Math.abs(wanted - Number(actual.data[index]));
    // Not `distance > worst`: a NaN must be kept.
    if (!(distance <= worst)) worst = distance;
    if (Number.isNaN(worst)) return `${name} holds NaN at element ${index}`;
  }
  const relative = worst / Math.max(largest, Number.MIN_VALUE);
  if (worst === 0 || relative <= tolerance) return undefined;
  return `${name} differs by ${relative.toExponential(1)} of its range (allowed ${tolerance.toExponential(0)})`;
}

export interface ProviderProbe {
  readonly id: ProviderId;
  /** The provider opens a model on this machine. */
  readonly available: boolean;
  readonly selfTest: 'passed' | 'failed' | 'not-run';
  /** Why it is not available or failed. */
  readonly reason?: string;
}

/** Tries every provider on a small graph of the networks' operations. Nothing is thrown: reasons are in the result. */
export async function probeProviders(ids: readonly ProviderId[] = PROVIDER_IDS): Promise<ProviderProbe[]> {
  const golden = await probeGraph('cpu', (session) => session.run({}));
  const probes: ProviderProbe[] = [];
  // One after the other: native providers start libraries that do not like to be started side by side.
  for (const id of ids) probes.push(await probeProvider(id, golden));
  return probes;
}

async function probeProvider(id: ProviderId, outputs: GoldenCase['outputs']): Promise<ProviderProbe> {
  const { available, reason } = availability(id);
  if (!available) return { id, available, selfTest: 'not-run', ...(reason === undefined ? {} : { reason }) };
  try {
    return await probeGraph(id, async (session) => {
      const outcome = await selfTest(session, { inputs: {}, outputs, tolerance: 1e-4 });
      return outcome.status === 'passed'
        ? { id, available: true, selfTest: 'passed' }
        : { id, available: true, selfTest: 'failed', reason: outcome.reason };
    });
  } catch (error) {
    return { id, available: false, selfTest: 'not-run', reason: reasonOf(error) };
  }
}

/** Largest difference of the small graph in float16 from itself in float32, relative to the range of each output. */
const HALF_TOLERANCE = 1e-2;

/**
 * Whether a provider computes in float16, and why not. Having the arithmetic is the provider's, doing it right the
 * device's: WebGPU for one has it only where the device offers `shader-f16`, which nothing but a graph can tell.
 */
export async function computesInHalf(id: ProviderId): Promise<{ readonly half: boolean; readonly reason?: string }> {
  if (!PROVIDERS[id].half) return { half: false, reason: `the ${id} computes in 32 bits` };
  const { available, reason = 'it is not available' } = availability(id);
  if (!available) return { half: false, reason };
  try {
    const outputs = await probeGraph('cpu', (session) => session.run({}));
    const half = (session: TensorSession) => selfTest(session, { inputs: {}, outputs, tolerance: HALF_TOLERANCE });
    const outcome = await probeGraph(id, half, () => false);
    return outcome.status === 'passed' ? { half: true } : { half: false, reason: outcome.reason };
  } catch (error) {
    return { half: false, reason: reasonOf(error) };
  }
}

/** A strided convolution, an upsampling one, patches by gathering, a region average and a resize: constants inside. */
async function probeGraph<T>(
  device: ProviderId,
  use: (session: TensorSession) => Promise<T>,
  half?: StaysFull,
): Promise<T> {
  const graph = new Graph('self-test');
  const given = (step: number, dims: readonly number[]) => graph.constant({ dims, data: waves(step, dims) });
  const image = given(0.37, [1, 6, 12, 12]);
  const down = op.leakyRelu(op.conv2d(image, given(0.71, [8, 6, 3, 3]), { stride: 2, pad: 1 }), 0.2);
  const up = op.convTranspose2d(down, given(0.53, [8, 4, 3, 3]), { stride: 2 });
  const patches = op.gather(op.reshape(down, [8, 36]), op.indexConstant(graph, [3, 35, 7, 7]), 1);
  const outputs = {
    down,
    up: op.resizeBilinear(op.instanceNorm(up), 9),
    patches: op.matmul(op.swapAxes(patches, 0, 1), given(0.91, [8, 5])),
    means: op.softmax(op.reduceMean(up, { axes: [2, 3] }), 1),
  };
  // The runtime would fold constants on the CPU before any provider sees them.
  await using session = await openSession(encodeOnnx(lowerGraph(graph, outputs, { half })), {
    name: graph.name,
    device,
    optimize: false,
  });
  return await use(session);
}

/** The last sentence of a runtime error: what precedes it are source files and signatures of the runtime. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/\/onnxruntime_src\/\S+/g, '')
    .replace(/onnxruntime::\S+\([^)]*\)::<lambda\(\)>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
