/**
 * Which execution providers work here: each one opens a small model and must give the numbers that plain loops give.
 * The model is a convolution of the kind that providers are known to get wrong (more than three input channels, stride
 * two).
 */
import type { TensorData } from '#engine/tensor/data.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from '#engine/tensor/providers.ts';
import { openSession } from '#engine/tensor/sessions.ts';

/** Keys as `doctor --json` prints them. */
export type ProviderReport = {
  readonly id: ProviderId;
  /** The provider opens a model on this machine. */
  readonly available: boolean;
  readonly self_test: 'passed' | 'failed' | 'not run';
  readonly reason: string | null;
};

const CHANNELS = 5;
const SIDE = 9;
const FILTERS = 4;
const OUT = 5;
const TOLERANCE = 1e-4;

/** Values between -1 and 1 that are no pattern of the layout. */
const wave = (length: number, step: number): Float32Array<ArrayBuffer> =>
  new Float32Array(length).map((_, i) => Math.sin(i * step + 0.3));

const INPUT = wave(CHANNELS * SIDE * SIDE, 0.37);
const WEIGHTS = wave(FILTERS * CHANNELS * 9, 0.71);
const BIAS = wave(FILTERS, 1.3);

const model = () =>
  encodeOnnx({
    name: 'self-test',
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: [1, CHANNELS, SIDE, SIDE] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1, FILTERS, OUT, OUT] }],
    initializers: [
      { name: 'w', type: 'float32', dims: [FILTERS, CHANNELS, 3, 3], data: WEIGHTS },
      { name: 'b', type: 'float32', dims: [FILTERS], data: BIAS },
    ],
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', 'w', 'b'],
        outputs: ['c'],
        attributes: [
          { name: 'kernel_shape', kind: 'ints', value: [3, 3] },
          { name: 'strides', kind: 'ints', value: [2, 2] },
          { name: 'pads', kind: 'ints', value: [1, 1, 1, 1] },
        ],
      },
      { op: 'Relu', inputs: ['c'], outputs: ['y'] },
    ],
  });

/** The same in loops, double precision. */
function expectedOutput(): Float64Array {
  const out = new Float64Array(FILTERS * OUT * OUT);
  for (let f = 0; f < FILTERS; f++) {
    for (let y = 0; y < OUT; y++) {
      for (let x = 0; x < OUT; x++) {
        let sum = BIAS[f] as number;
        for (let c = 0; c < CHANNELS; c++) {
          for (let k = 0; k < 9; k++) {
            const row = y * 2 + Math.floor(k / 3) - 1;
            const column = x * 2 + (k % 3) - 1;
            if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue;
            sum +=
              (INPUT[(c * SIDE + row) * SIDE + column] as number) * (WEIGHTS[(f * CHANNELS + c) * 9 + k] as number);
          }
        }
        out[(f * OUT + y) * OUT + x] = Math.max(0, sum);
      }
    }
  }
  return out;
}

/** Tries every provider of the table. A provider that is not there is reported, never thrown. */
export async function examineProviders(ids: readonly ProviderId[] = PROVIDER_IDS): Promise<ProviderReport[]> {
  const reports: ProviderReport[] = [];
  // One after the other: native libraries do not like to be started side by side.
  for (const id of ids) reports.push(await examineProvider(id));
  return reports;
}

async function examineProvider(id: ProviderId): Promise<ProviderReport> {
  if (!(PROVIDERS[id].platforms as readonly string[]).includes(process.platform)) {
    return { id, available: false, self_test: 'not run', reason: `Not part of the runtime for ${process.platform}.` };
  }
  let output: TensorData | undefined;
  try {
    await using session = await openSession(model(), { name: 'self-test', device: id });
    output = (await session.run({ x: { dims: [1, CHANNELS, SIDE, SIDE], data: INPUT } }))['y'];
  } catch (error) {
    return { id, available: false, self_test: 'not run', reason: shortReason(error) };
  }
  const expected = expectedOutput();
  const difference = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - Number(output?.data[i]))), 0);
  return difference <= TOLERANCE
    ? { id, available: true, self_test: 'passed', reason: null }
    : { id, available: true, self_test: 'failed', reason: `Its results differ by ${difference.toPrecision(2)}.` };
}

/** The runtime's messages begin with source files and signatures; what matters stands at their end. */
function shortReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.split('\n')[0] ?? '';
  const sentence = line
    .replace(/^.*was false\.\s*/, '')
    .replace(/^\S*onnxruntime_src\S*\s+/, '')
    .replace(/^Ort\w+:\s*/, '');
  return /[.!]$/.test(sentence) ? sentence : `${sentence}.`;
}
