/** How the precision of updates is chosen, and what an update does that leaves the range of halves. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Graph } from '#engine/tensor/graph.ts';
import { square, sub } from '#engine/tensor/ops/elementwise.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';
import type { ProviderId } from '#engine/tensor/providers.ts';
import {
  compareNumbers,
  GRADIENT_NORM,
  HalfOverflowError,
  LOSS_SCALE,
  PrecisionChoice,
} from '#engine/tuning/precision.ts';
import { finishStep } from '#engine/tuning/pti-step.ts';
import { freshState, loadTuning, saveTuning, TuningRun } from '#engine/tuning/tuning-run.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';

vi.mock(import('#engine/tensor/onnx/encode.ts'), async (original) => {
  const [{ encodeOnnx }, { roundedHalves }] = [await original(), await import('#test/support/rounded-halves.ts')];
  return { encodeOnnx: (model) => encodeOnnx(roundedHalves(model)) };
});
vi.mock(import('#engine/tensor/self-test.ts'), async (original) => ({
  ...(await original()),
  computesInHalf: async (id: ProviderId) => (id === 'cuda' ? { half: true } : { half: false, reason: 'it has none' }),
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-precision-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const full = { loss: 2, 'driven.id': 0.5, 'driven.mse': 0, [GRADIENT_NORM]: 3 };

describe('numbers in both precisions', () => {
  it.each([
    ['the same', full, true, 'loss'],
    ['a term within a hundredth', { ...full, 'driven.id': 0.5045 }, true, 'driven.id'],
    ['a term farther off', { ...full, 'driven.id': 0.506 }, false, 'driven.id'],
    ['a norm within a twentieth', { ...full, [GRADIENT_NORM]: 3.1 }, true, GRADIENT_NORM],
    ['a norm farther off', { ...full, [GRADIENT_NORM]: 3.2 }, false, GRADIENT_NORM],
    ['something where there was nothing', { ...full, 'driven.mse': 1e-9 }, false, 'driven.mse'],
    ['no number', { ...full, loss: Number.NaN }, false, 'loss'],
    ['a term that is missing', { loss: 2, 'driven.mse': 0, [GRADIENT_NORM]: 3 }, false, 'driven.id'],
  ])('%s', (_, half, agree, worst) => {
    expect(compareNumbers(full, half)).toMatchObject({ agree, worst });
  });
});

describe('the choice', () => {
  const open = async (options: Partial<Parameters<typeof PrecisionChoice.open>[0]>) => {
    const notices: string[] = [];
    const onNotice = (text: string): void => void notices.push(text);
    return { notices, choice: await PrecisionChoice.open({ wish: 'auto', device: 'cuda', onNotice, ...options }) };
  };

  it('is none on a provider without halves, nor where one was made by the user', async () => {
    for (const device of [undefined, 'auto', 'cpu'] as const) {
      const { choice, notices } = await open({ device });
      expect([choice.of('a'), choice.decided, notices]).toEqual(['full', undefined, []]);
    }
    expect((await open({ wish: 'full' })).choice.of('a')).toBe('full');
    expect((await open({ wish: 'half', device: 'cpu' })).choice.of('a')).toBe('half');
  });

  it('is made for every graph by its first update', async () => {
    const { choice, notices } = await open({});
    expect(choice.of('a')).toBeUndefined();
    expect(await choice.decide('a', full, { ...full, loss: 2.01 })).toBe('half');
    expect([choice.of('a'), choice.of('b')]).toEqual(['half', undefined]);
    expect(await choice.decide('b', full, { ...full, loss: Number.NaN })).toBe('full');
    expect([choice.of('a'), choice.of('b'), choice.of('c')]).toEqual(['half', 'full', 'full']);
    expect(notices).toEqual([
      'Tuning in half precision: the first update differs by 0.50 % in loss at most.',
      'Tuning in full precision: the first update differs by more than can be said in loss in half.',
    ]);
    // A tuning that is taken up again asks no more.
    const again = (await open({ decided: choice.decided })).choice;
    expect([again.of('a'), again.of('b'), again.of('c')]).toEqual(['half', 'full', 'full']);
  });

  it('is full where the device cannot open the graph in half', async () => {
    const { choice, notices } = await open({});
    expect(await choice.refused('a', new Error('Could not find a kernel'))).toBe('full');
    expect([choice.of('a'), choice.of('b')]).toEqual(['full', 'full']);
    expect(notices).toEqual([
      'Tuning in full precision: half is not possible on this device (Could not find a kernel).',
    ]);
  });

  it('ends with an overflow', async () => {
    const { choice, notices } = await open({ decided: { a: 'half' } });
    await choice.overflowed('b', new HalfOverflowError('Update 7 left the range of half precision.'));
    expect(choice.decided).toEqual({ a: 'full', b: 'full' });
    expect(notices).toEqual(['Update 7 left the range of half precision. Tuning goes on in full precision.']);
  });

  it('is said when a tuning goes on where there are no halves', async () => {
    const { choice, notices } = await open({ decided: { a: 'half' }, device: 'cpu' });
    expect([choice.of('a'), choice.decided]).toEqual(['full', undefined]);
    expect(notices).toEqual(['Tuning began in half precision and goes on in full: it has none.']);
  });
});

/** `mean((x·w - y)²)`, moved in `w`. */
function leastSquares(half: boolean) {
  const graph = new Graph('least-squares');
  const weight = graph.param('w', [4, 3]);
  const product = matmul(graph.input('x', [5, 4]), weight);
  const loss = graph.scope('loss', () => reduceMean(square(sub(product, graph.input('y', [5, 3])))));
  const step = finishStep(graph, loss, graph.params(), half ? LOSS_SCALE : undefined);
  return { ...step, half, outputs: { loss, ...step.outputs } };
}
const start = freshState({ w: goldenTensor('w', [4, 3]) });
const open = (half: boolean) => TuningRun.open({ step: leastSquares(half), params: () => undefined, state: start });
const frame = (scale: number) => ({ x: goldenTensor('x', [5, 4]), y: goldenTensor('y', [5, 3], scale) });

describe('a run in half precision', () => {
  it('follows the one in full and reports the same things', async () => {
    await using whole = await open(false);
    await using half = await open(true);
    for (let update = 0; update < 5; update++) {
      const expected = await whole.update(frame(1), 0.01);
      const found = await half.update(frame(1), 0.01);
      expect(Object.keys(found.losses)).toEqual(Object.keys(expected.losses));
      expect(found.losses['loss']! / expected.losses['loss']!).toBeCloseTo(1, 2);
    }
    const [expected, found] = [await whole.weights(), await half.weights()];
    (expected['w']!.data as Float32Array).forEach((value, at) => {
      expect(Math.abs(Number(found['w']!.data[at]) - value)).toBeLessThan(1e-3);
    });
    expect(found['w']!.data).not.toEqual(expected['w']!.data);
  });

  it('can be looked at without moving', async () => {
    await using run = await open(true);
    const before = await run.state();
    const { loss, [GRADIENT_NORM]: norm } = await run.look(frame(1));
    expect(norm).toBeGreaterThan(0);
    expect(await run.state()).toEqual(before);
    const { losses } = await run.update(frame(1), 0.01);
    expect(losses).toEqual({ loss });
  });

  it('says when gradients leave the range, and stays where it was', async () => {
    await using run = await open(true);
    const before = await run.state();
    await expect(run.update(frame(1000), 0.01)).rejects.toThrow(HalfOverflowError);
    expect(await run.state()).toEqual(before);
    expect((await run.update(frame(1), 0.01)).update).toBe(1);
    await using whole = await open(false);
    expect((await whole.update(frame(1000), 0.01)).losses['loss']).toBeGreaterThan(1000);
  });
});

describe('a checkpoint', () => {
  const shapes = new Map([['w', [4, 3]]]);

  it('keeps what was decided, and nothing where nothing was', async () => {
    const [plain, decided] = ['plain', 'decided'].map((name) => path.join(folder, name)) as [string, string];
    await saveTuning(plain, start);
    expect((await loadTuning(plain, shapes)).precision).toBeUndefined();
    expect((await loadTuning(plain, shapes)).notes.has('precision')).toBe(false);
    await saveTuning(decided, { ...start, precision: { 'coarse true': 'half' } });
    expect((await loadTuning(decided, shapes)).precision).toEqual({ 'coarse true': 'half' });
  });

  it.each(['{"a":"quarter"}', 'half', '[]'])('with the precision %s is refused', async (precision) => {
    const tensors = Object.entries(start.tensors).map(([name, { dims, data }]) => ({
      ...{ name, dtype: 'F32' as const, shape: dims },
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    }));
    const file = path.join(folder, 'damaged');
    await writeFile(file, encodeSafetensors(tensors, { format: 'e4s-tuning', version: '1', updates: '3', precision }));
    await expect(loadTuning(file, shapes)).rejects.toThrow('The precision in this checkpoint is damaged.');
  });
});
