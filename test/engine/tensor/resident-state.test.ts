import { describe, expect, it } from 'vitest';
import { requiredGradients } from '#engine/tensor/autodiff.ts';
import { floats } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { lowerGraph } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';
import { ResidentState } from '#engine/tensor/resident-state.ts';

/** Gradient descent with momentum on |w - target|². */
function descent(): Uint8Array {
  const graph = new Graph('descent');
  const [target, w, m] = ['target', 'w', 'm'].map((name) => graph.input(name, [2])) as [Value, Value, Value];
  const loss = op.reduceSum(op.square(op.sub(w, target)));
  const [gradient] = requiredGradients(loss, [w]) as [Value];
  const momentum = op.add(op.mul(m, 0.5), gradient);
  return encodeOnnx(lowerGraph(graph, { loss, 'new w': op.sub(w, op.mul(momentum, 0.1)), 'new m': momentum }));
}
const options = {
  name: 'descent',
  state: { w: 'new w', m: 'new m' },
  initial: { w: floats([2], [0, 0]), m: floats([2], [0, 0]) },
};
const target = floats([2], [1, -2]);

describe('ResidentState', () => {
  it('carries the state from step to step', async () => {
    await using training = await ResidentState.open(descent(), options);
    expect(training.inputNames).toEqual(['target']);
    let [w, m] = [
      [0, 0],
      [0, 0],
    ];
    for (let step = 0; step < 20; step++) {
      const { loss, ...rest } = await training.step({ target });
      expect(rest).toEqual({});
      expect(loss!.data[0]).toBeCloseTo((w[0]! - 1) ** 2 + (w[1]! + 2) ** 2, 4);
      m = [0.5 * m[0]! + 2 * (w[0]! - 1), 0.5 * m[1]! + 2 * (w[1]! + 2)];
      w = [w[0]! - 0.1 * m[0]!, w[1]! - 0.1 * m[1]!];
    }
    const state = await training.read();
    expect([...(state['w']!.data as Float32Array)]).toEqual(w.map((value) => expect.closeTo(value, 4)));
    expect([...(state['m']!.data as Float32Array)]).toEqual(m.map((value) => expect.closeTo(value, 4)));
  });

  it('hands out copies and leaves the initial tensors alone', async () => {
    await using training = await ResidentState.open(descent(), options);
    await training.step({ target });
    const early = await training.read();
    const value = early['w']!.data[0];
    await training.step({ target });
    expect(early['w']!.data[0]).toBe(value);
    expect(options.initial.w).toEqual(floats([2], [0, 0]));
  });

  it('goes on from where it was when a step was refused, in whatever memory', async () => {
    await using whole = await ResidentState.open(descent(), options);
    await using refused = await ResidentState.open(descent(), options);
    const losses: [number, number][] = [];
    for (let step = 0; step < 5; step++) {
      const before = await refused.read();
      const failing = refused.step({ target: floats([2], [9, 9]) }, async () => {
        // While a step is judged, the state is the one that it started from.
        expect(await refused.read()).toEqual(before);
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
      expect(await refused.read()).toEqual(before);
      const [a, b] = [await whole.step({ target }), await refused.step({ target })];
      losses.push([Number(a['loss']!.data[0]), Number(b['loss']!.data[0])]);
      expect(await refused.read()).toEqual(await whole.read());
    }
    expect(losses.map(([a]) => a)).toEqual(losses.map(([, b]) => b));
    expect(new Set(losses.map(([a]) => a)).size).toBe(5);
    expect(options.initial.w).toEqual(floats([2], [0, 0]));
  });

  it('names what does not fit', async () => {
    const open = (changes: object) => ResidentState.open(descent(), { ...options, ...changes });
    await expect(open({ state: { weights: 'new w' } })).rejects.toThrow('no state input "weights"');
    await expect(open({ state: { w: 'next w' } })).rejects.toThrow('no state output "next w"');
    await expect(open({ initial: { w: options.initial.w } })).rejects.toThrow('misses its input "m"');
    await expect(open({ initial: { ...options.initial, m: floats([3], [0, 0, 0]) } })).rejects.toThrow('shape [2]');
    await expect(open({ initial: { ...options.initial, m: floats([2], [0, Number.NaN]) } })).rejects.toThrow(
      'the initial m holds NaN at element 1',
    );
    const training = await open({});
    await expect(training.step({})).rejects.toThrow('misses its input "target"');
    await expect(training.step({ target, w: target })).rejects.toThrow('no input "w"');
    await training[Symbol.asyncDispose]();
    await expect(training.step({ target })).rejects.toThrow('is closed');
  });
});
