/** The training loop on a small problem: against Adam written out, and against itself after a pause. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { square, sub } from '#engine/tensor/ops/elementwise.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';
import { adamInputs } from '#engine/tuning/adam.ts';
import { finishStep, type TrainingStep } from '#engine/tuning/pti-step.ts';
import {
  freshState,
  loadTuning,
  saveTuning,
  TuningRun,
  type TuningState,
  train,
  trainedShapes,
} from '#engine/tuning/tuning-run.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-tuning-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const frames = [0, 1, 2].map((k) => ({
  x: goldenTensor(`x${k}`, [5, 4]),
  y: goldenTensor(`y${k}`, [5, 3]),
}));
const start = goldenTensor('w', [4, 3]);

/** `mean((x·w - y)²)`, moved in `w`. */
function leastSquares(): TrainingStep {
  const graph = new Graph('least-squares');
  const weight = graph.param('w', [4, 3]);
  const error = sub(matmul(graph.input('x', [5, 4]), weight), graph.input('y', [5, 3]));
  const loss = reduceMean(square(error));
  const step = finishStep(graph, loss, graph.params());
  return { ...step, outputs: { loss, ...step.outputs } };
}

const open = (state: TuningState): Promise<TuningRun> =>
  TuningRun.open({ step: leastSquares(), params: () => undefined, state });

/** The same updates in double precision, written out. */
function byHand(updates: number, learningRate: number): number[] {
  const w = Array.from(start.data as Float32Array);
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  for (let t = 1; t <= updates; t++) {
    const frame = frames[(t - 1) % frames.length]!;
    const [x, y] = [frame.x.data as Float32Array, frame.y.data as Float32Array];
    const gradient = w.map(() => 0);
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 3; column++) {
        let error = -y[row * 3 + column]!;
        for (let k = 0; k < 4; k++) error += x[row * 4 + k]! * w[k * 3 + column]!;
        for (let k = 0; k < 4; k++) gradient[k * 3 + column]! += (2 * error * x[row * 4 + k]!) / 15;
      }
    for (let i = 0; i < w.length; i++) {
      m[i] = 0.9 * m[i]! + 0.1 * gradient[i]!;
      v[i] = 0.999 * v[i]! + 0.001 * gradient[i]! ** 2;
      const corrected = Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8;
      w[i]! -= (learningRate * (m[i]! / (1 - 0.9 ** t))) / corrected;
    }
  }
  return w;
}

describe('training', () => {
  it('follows Adam for ten updates', async () => {
    await using run = await open(freshState({ w: start }));
    const losses: number[] = [];
    const onUpdate = ({ losses: found }: { losses: Readonly<Record<string, number>> }): void => {
      losses.push(found['loss']!);
    };
    await train(run, { frames: frames.slice(0, 2), passes: 5, learningRate: 0.05, onUpdate });
    expect(losses).toHaveLength(10);
    expect(losses[8]).toBeLessThan(losses[0]!);
    await using again = await open(freshState({ w: start }));
    await train(again, { frames, passes: 4, learningRate: 0.05 });
    const { w } = (await again.state()).tensors;
    byHand(12, 0.05).forEach((value, i) => {
      expect(Math.abs(Number(w!.data[i]) - value)).toBeLessThan(1e-5);
    });
  });

  it('gives the same bits with a pause between', async () => {
    await using whole = await open(freshState({ w: start }));
    await train(whole, { frames, passes: 4, learningRate: 0.01 });

    const file = path.join(folder, 'state.safetensors');
    const cancel = new AbortController();
    {
      await using first = await open(freshState({ w: start }));
      const stopped = train(first, {
        frames,
        passes: 4,
        learningRate: 0.01,
        signal: cancel.signal,
        onUpdate: ({ update, total }) => {
          expect(total).toBe(12);
          if (update === 5) cancel.abort();
        },
      });
      await expect(stopped).rejects.toBeInstanceOf(CancelledError);
      await saveTuning(file, await first.state());
    }
    const state = await loadTuning(file, trainedShapes(leastSquares()));
    expect(state.updates).toBe(5);
    await using second = await open(state);
    await train(second, { frames, passes: 4, learningRate: 0.01 });
    expect(second.updates).toBe(12);
    expect((await second.state()).tensors).toEqual((await whole.state()).tensors);
  });

  it('hands out copies of its state', async () => {
    await using run = await open(freshState({ w: start }));
    const before = await run.state();
    const copy = (before.tensors['w']!.data as Float32Array).slice();
    await train(run, { frames, passes: 1, learningRate: 0.1 });
    expect(before.tensors['w']!.data).toEqual(copy);
  });
});

describe('a file of tuned weights', () => {
  const tensor = (name: string, data: Float32Array, shape = [4, 3]) => ({
    name,
    dtype: 'F32' as const,
    shape,
    data: new Uint8Array(data.buffer),
  });
  const write = async (name: string, tensors: ReturnType<typeof tensor>[], metadata: Record<string, string>) => {
    const file = path.join(folder, name);
    await writeFile(file, encodeSafetensors(tensors, metadata));
    return file;
  };
  const good = { format: 'e4s-tuning', version: '1', updates: '3' };
  const twelve = new Float32Array(12);

  it.each([
    ['of something else', [], { format: 'other' }, /holds no tuning state/],
    ['of another version', [], { ...good, version: '9' }, /has version 9/],
    ['without a moment', [tensor('w', twelve)], good, /misses "adam\.first\.w"/],
    ['of another shape', [tensor('w', twelve, [3, 4])], good, /"w" is F32\[3,4\], not F32\[4,3\]/],
  ])('%s is refused', async (name, tensors, metadata, message) => {
    const file = await write(`${name.replaceAll(' ', '-')}.safetensors`, tensors, metadata as Record<string, string>);
    const refused = loadTuning(file, trainedShapes(leastSquares()));
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(loadTuning(file, trainedShapes(leastSquares()))).rejects.toThrow(message);
  });

  it('is refused by a run that needs more', async () => {
    await expect(open({ updates: 0, tensors: {} as Record<string, TensorData> })).rejects.toThrow(/misses "w"/);
  });
});

describe("Adam's scalars", () => {
  it('refuse what is no step or rate', () => {
    expect(() => adamInputs(0, 1e-3)).toThrow(/step is 0/);
    expect(() => adamInputs(1, 0)).toThrow(/rate is 0/);
    expect(() => adamInputs(1, Number.NaN)).toThrow(/rate is NaN/);
  });
});
