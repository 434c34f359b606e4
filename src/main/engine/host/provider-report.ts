/**
 * Which execution providers work here. The CPU is the reference of the others, so it is held against plain loops: a
 * convolution with stride two over more than three channels, the kind that runtimes have got wrong before.
 */
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { PROVIDER_IDS, type ProviderId } from '#engine/tensor/providers.ts';
import { probeProviders, reasonOf, selfTest } from '#engine/tensor/self-test.ts';
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
function expectedOutput(): Float32Array<ArrayBuffer> {
  const out = new Float32Array(FILTERS * OUT * OUT);
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

/**
 * Every provider of the table: the CPU against plain loops, the others against the CPU. A provider that is not there is
 * reported, never thrown.
 */
export async function examineProviders(ids: readonly ProviderId[] = PROVIDER_IDS): Promise<ProviderReport[]> {
  const cpu = await examineCpu();
  // Without a CPU to compare with, nothing can be said of the others.
  const probes = cpu.self_test === 'passed' ? await probeProviders(ids.filter((id) => id !== 'cpu')) : [];
  return ids.map((id) => {
    if (id === 'cpu') return cpu;
    const probe = probes.find((row) => row.id === id);
    if (!probe)
      return { id, available: false, self_test: 'not run', reason: 'The CPU it is compared with does not work.' };
    const { available, selfTest, reason } = probe;
    return {
      id,
      available,
      self_test: selfTest === 'not-run' ? 'not run' : selfTest,
      reason: reason ? toSentence(reason) : null,
    };
  });
}

async function examineCpu(): Promise<ProviderReport> {
  try {
    await using session = await openSession(model(), { name: 'self-test', device: 'cpu' });
    const outcome = await selfTest(session, {
      inputs: { x: { dims: [1, CHANNELS, SIDE, SIDE], data: INPUT } },
      outputs: { y: { dims: [1, FILTERS, OUT, OUT], data: expectedOutput() } },
      tolerance: TOLERANCE,
    });
    return outcome.status === 'passed'
      ? { id: 'cpu', available: true, self_test: 'passed', reason: null }
      : { id: 'cpu', available: true, self_test: 'failed', reason: toSentence(outcome.reason) };
  } catch (error) {
    return { id: 'cpu', available: false, self_test: 'not run', reason: toSentence(reasonOf(error)) };
  }
}

/** The runtime's messages begin with source files and signatures; what matters stands at their end. */
function toSentence(reason: string): string {
  const line = (reason.split('\n')[0] ?? '').replace(/^.*was false\.\s*/, '').replace(/^.*\bOrt\w+:\s*/, '');
  const sentence = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.!]$/.test(sentence) ? sentence : `${sentence}.`;
}
