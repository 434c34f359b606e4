/**
 * Updates of personal tuning in half precision, with the rounding of halves on the CPU, against the same in full: the
 * whole network on synthetic weights at 32².
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import { momentNames } from '#engine/tuning/adam.ts';
import { LABEL_SIZE, ptiForward } from '#engine/tuning/pti-step.ts';
import type { Stage } from '#engine/tuning/schedule.ts';
import { FeatureStore } from '#engine/tuning/target-features.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import { Tuner, type TunerOptions } from '#engine/tuning/tuner.ts';
import type { TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { freshState, loadTuning, saveTuning, type TuningState } from '#engine/tuning/tuning-run.ts';
import { REGION_COUNT, regionIndex } from '#shared/regions.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';
import { roundedHalves } from '#test/support/rounded-halves.ts';
import { type SyntheticWeights, syntheticWeights } from '../../../bench/synthetic-weights.ts';

vi.mock(import('#engine/tensor/onnx/encode.ts'), async (original) => {
  const { encodeOnnx } = await original();
  return {
    encodeOnnx: (model) => {
      const rounded = roundedHalves(model);
      if (kernelsAreMissing && rounded.nodes.length > model.nodes.length) throw new Error('Could not find a kernel.');
      return encodeOnnx(rounded);
    },
  };
});

let kernelsAreMissing = false;
let providerHasHalf = false;
vi.mock(import('#engine/tensor/self-test.ts'), async (original) => ({
  ...(await original()),
  computesInHalf: async () => ({ half: providerHasHalf, reason: 'the cpu computes in 32 bits' }),
}));

const SIZE = 32;
const RATE = 1e-4;
/** A rectangle of skin with lips in it. Regions that are not there are not trained, which keeps the test small. */
const REGIONS = ['background', 'skin', 'lips'].map((name) => regionIndex(name as 'skin'));
let folder: string;
let weights: SyntheticWeights;
let start: Record<string, TensorData>;

function labels(): Uint8Array {
  const [background, skin, lips] = REGIONS as [number, number, number];
  return Uint8Array.from({ length: LABEL_SIZE ** 2 }, (_, at) => {
    const [row, column] = [Math.floor(at / LABEL_SIZE), at % LABEL_SIZE];
    if (row < 100 || row > 420 || column < 120 || column > 400) return background;
    return row > 300 && row < 350 && column > 200 && column < 320 ? lips : skin;
  });
}
const frames: TuningFrame[] = [0, 1].map((index) => ({
  driven: goldenTensor(`half driven ${index}`, [1, 3, SIZE, SIZE]),
  recolored: goldenTensor(`half recolored ${index}`, [1, 3, SIZE, SIZE]),
  labels: labels(),
  vectors: goldenTensor(`half vectors ${index}`, [1, REGION_COUNT, 1280]),
}));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-half-'));
  weights = await syntheticWeights([ptiForward({ form: { kind: 'reference' }, size: SIZE }).graph]);
  const absent = /^MLPs\.(\d+)\./;
  start = {};
  for (const [name, dims] of trainedTensors(SIZE))
    if (REGIONS.includes(Number(absent.exec(name)?.[1] ?? REGIONS[0])))
      start[name] = { dims, data: weights.values(name, dims) };
});
afterAll(async () => {
  await weights[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const stage = { scale: 'full', keepFeatures: false } as Stage;

/** Makes updates, one on each of the next frames. @param see gets the state afterwards, whose memory then goes */
async function updated<T>(updates: number, change: Partial<TunerOptions>, see: (state: TuningState) => T) {
  const notices: string[] = [];
  await using tuner = await Tuner.open({
    frames: { count: frames.length, read: async (index) => frames[index] as TuningFrame },
    params: weights.resolve,
    folder: weights.folder,
    state: freshState(start),
    base: start,
    size: SIZE,
    coarseSize: SIZE / 2,
    recolorLambda: 5,
    features: new FeatureStore(path.join(folder, 'features'), 'F32'),
    onNotice: (text) => void notices.push(text),
    ...change,
  });
  const losses: Readonly<Record<string, number>>[] = [];
  for (let made = 0; made < updates; made++)
    losses.push((await tuner.update({ stage, frame: tuner.updates % frames.length }, RATE)).losses);
  return { losses, notices, seen: await see(await tuner.state()) };
}

/** All bits of a state. */
function digest({ tensors, precision }: TuningState): { readonly bits: string; readonly precision: unknown } {
  const hash = createHash('sha256');
  for (const { data } of Object.values(tensors)) hash.update(data);
  return { bits: hash.digest('hex'), precision };
}

/** The gradients of the first update, from Adam's first moments. */
const gradientsIn = ({ tensors }: TuningState): Float32Array[] =>
  Object.keys(start).map((name) => tensors[momentNames(name).first]!.data as Float32Array);

const product = (a: readonly Float32Array[], b: readonly Float32Array[]): number =>
  a.reduce((sum, values, index) => {
    const others = b[index] as Float32Array;
    return values.reduce((inner, value, at) => inner + value * others[at]!, sum);
  }, 0);

describe('an update in half precision', () => {
  it('has the losses and the gradient of one in full precision', async () => {
    const both = (state: TuningState) => ({ gradients: gradientsIn(state), ...digest(state) });
    const full = await updated(1, { precision: 'full' }, both);
    const half = await updated(1, { precision: 'half' }, gradientsIn);
    const apart = Object.entries(full.losses[0]!).map(
      ([term, value]) => [term, Math.abs(half.losses[0]![term]! - value) / Math.abs(value)] as const,
    );
    expect(apart).toHaveLength(11);
    for (const [term, relative] of apart) expect(relative, term).toBeLessThan(1e-2);
    // Halves were there.
    expect(Math.max(...apart.map(([, relative]) => relative))).toBeGreaterThan(1e-6);
    const { gradients } = full.seen;
    const [norm, found] = [gradients, half.seen].map((all) => Math.sqrt(product(all, all))) as [number, number];
    expect(Math.abs(found / norm - 1)).toBeLessThan(0.03);
    expect(product(gradients, half.seen) / (norm * found)).toBeGreaterThan(0.99);
    expect(half.notices).toEqual([]);

    // Where the provider has no halves nothing is asked, and every bit is that of full precision.
    const plain = await updated(1, {}, digest);
    expect(plain.seen).toEqual({ bits: full.seen.bits, precision: undefined });
    expect(plain.notices).toEqual([]);
  });

  it('is chosen where both agree, said, and gone on with from a checkpoint', async () => {
    providerHasHalf = true;
    const file = path.join(folder, 'checkpoint.safetensors');
    await updated(1, {}, (state) => saveTuning(file, state));
    const chosen = await updated(2, {}, digest);
    expect(chosen.notices).toEqual([
      expect.stringMatching(/^Tuning in half precision: the first update differs by \d\.\d\d % in [\w.]+ at most\.$/),
    ]);
    const saved = await loadTuning(
      file,
      new Map(Object.entries(start).map(([name, { dims }]): [string, readonly number[]] => [name, dims])),
    );
    expect(saved.precision).toEqual({ 'full false': 'half' });
    const rest = await updated(1, { state: saved }, digest);
    expect(rest.notices).toEqual([]);
    expect(rest.seen).toEqual(chosen.seen);

    kernelsAreMissing = true;
    const refused = await updated(1, {}, ({ precision }) => precision);
    expect(refused.notices).toEqual([
      'Tuning in full precision: half is not possible on this device (Could not find a kernel.).',
    ]);
    expect(refused.seen).toEqual({ 'full false': 'full' });
    kernelsAreMissing = false;
    providerHasHalf = false;
  });

  it('that leaves the range of halves is made again in full, and so are all after it', async () => {
    const recolorLambda = 1e7;
    const full = await updated(2, { precision: 'full', recolorLambda }, digest);
    const half = await updated(2, { precision: 'half', recolorLambda }, digest);
    expect(half.notices).toEqual(['Update 1 left the range of half precision. Tuning goes on in full precision.']);
    expect(half.losses).toEqual(full.losses);
    expect(half.seen).toEqual({ bits: full.seen.bits, precision: { 'full false': 'full' } });
  });
});
