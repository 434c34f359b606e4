import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gradients, requiredGradients } from '#engine/tensor/autodiff.ts';
import { checkpoint } from '#engine/tensor/checkpoint.ts';
import { GraphError } from '#engine/tensor/errors.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { lowerGraph } from '#engine/tensor/lowering/lower.ts';
import * as op from '#engine/tensor/ops.ts';
import { evaluate, noise } from './harness.ts';

/** A chain of blocks, each of which keeps several maps for its backward pass. */
function chain(x: Value, weights: readonly Value[], recompute: boolean): Value {
  return weights.reduce((value, weight) => {
    const block = (input: Value): Value =>
      op.add(
        input,
        op.sigmoid(op.conv2d(op.tanh(op.instanceNorm(op.conv2d(input, weight, { pad: 1 }))), weight, { pad: 1 })),
      );
    return recompute ? checkpoint([value], ([input]) => block(input!)) : block(value);
  }, x);
}

const inputs = {
  x: noise('x', [1, 2, 6, 6]),
  w0: noise('w0', [2, 2, 3, 3]),
  w1: noise('w1', [2, 2, 3, 3]),
  w2: noise('w2', [2, 2, 3, 3]),
};

function build(recompute: boolean) {
  return ({ x, w0, w1, w2 }: Readonly<Record<string, Value>>) => {
    const wrt = [x!, w0!, w1!, w2!];
    const loss = op.reduceMean(op.square(chain(x!, wrt.slice(1), recompute)));
    const [dx, dw0, dw1, dw2] = requiredGradients(loss, wrt) as [Value, Value, Value, Value];
    return { loss, dx, dw0, dw1, dw2 };
  };
}

describe('checkpoint', () => {
  it('gives the same loss and the same gradients', async () => {
    const kept = await evaluate(inputs, build(false));
    const again = await evaluate(inputs, build(true));
    for (const name of Object.keys(kept)) {
      const [a, b] = [kept[name]!.data as Float32Array, again[name]!.data as Float32Array];
      const worst = a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
      expect(worst, name).toBeLessThan(1e-6);
    }
  });

  it('differentiates recomputed segments again', async () => {
    const penalty =
      (recompute: boolean) =>
      ({ x, w0, w1, w2 }: Readonly<Record<string, Value>>) => {
        const [dx] = requiredGradients(op.reduceSum(chain(x!, [w0!, w1!], recompute)), [x!]) as [Value];
        const loss = op.add(op.reduceSum(op.square(dx)), op.mul(op.reduceSum(w2!), 0));
        const [dw] = requiredGradients(loss, [w0!]) as [Value];
        return { dw };
      };
    const [kept, again] = [await evaluate(inputs, penalty(false)), await evaluate(inputs, penalty(true))];
    const [a, b] = [kept['dw']!.data as Float32Array, again['dw']!.data as Float32Array];
    a.forEach((value, index) => {
      expect(b[index]!).toBeCloseTo(value, 3);
    });
  });

  it('gives gradients of values inside a segment and of parameters that it makes', async () => {
    const run = (recompute: boolean) =>
      evaluate({ x: inputs.x }, ({ x }, graph) => {
        let inner: Value | undefined;
        let scale: Value | undefined;
        const block = ([value]: readonly Value[]): Value => {
          scale = op.reduceMean(op.exp(graph.constant(noise('scale', [3]))));
          inner = op.mul(op.exp(value!), scale);
          return op.square(inner);
        };
        const y = recompute ? checkpoint([x!], block) : block([x!]);
        const loss = op.reduceSum(op.add(op.tanh(y), inner!));
        const [dinner, dx] = requiredGradients(loss, [inner!, x!]) as [Value, Value];
        return { dinner, dx };
      });
    const [kept, again] = [await run(false), await run(true)];
    for (const name of ['dinner', 'dx'])
      (again[name]!.data as Float32Array).forEach((value, index) => {
        expect(value).toBeCloseTo((kept[name]!.data as Float32Array)[index]!, 5);
      });
  });

  it('refuses a segment within a segment and one without inputs', () => {
    const graph = new Graph('nested');
    const x = graph.input('x', [2]);
    const nested = () => checkpoint([x], ([a]) => checkpoint([a!], ([b]) => op.exp(b!)));
    expect(nested).toThrow(GraphError);
    expect(() => checkpoint([], () => op.tanh(x))).toThrow('needs an input');
  });

  it('computes each segment twice, and nothing else', () => {
    const count = (recompute: boolean): number => {
      const graph = new Graph('count');
      const leaves = Object.fromEntries(
        Object.entries(inputs).map(([name, { dims }]) => [name, graph.input(name, dims)]),
      );
      const { dx, loss } = build(recompute)(leaves);
      const model = lowerGraph(graph, { dx: dx!, loss: loss! });
      return model.nodes.filter(({ op, name }) => op === 'Conv' && !name!.startsWith('backward')).length;
    };
    expect(count(false)).toBe(6);
    // The last convolution of a segment only feeds a sigmoid, whose derivative needs its result: all six again.
    expect(count(true)).toBe(12);
  });

  it.skipIf(process.platform !== 'linux')('lowers the peak of memory', async () => {
    const peak = async (recompute: boolean): Promise<number> => {
      const graph = new Graph('memory');
      const x = graph.input('x', [1, 8, 256, 256]);
      const weights = Array.from({ length: 12 }, (_, k) => graph.input(`w${k}`, [8, 8, 3, 3]));
      const loss = op.reduceMean(op.square(chain(x, weights, recompute)));
      const found = gradients(loss, weights) as Value[];
      const outputs = Object.fromEntries(found.map((value, index) => [`d${index}`, value]));
      return residentPeak({ graph, outputs });
    };
    const [kept, again] = [await peak(false), await peak(true)];
    expect(again).toBeLessThan(0.6 * kept);
  });
});

/** The peak of resident memory over one run, in bytes above the start: the kernel's mark is reset before. */
async function residentPeak({ graph, outputs }: { graph: Graph; outputs: Record<string, Value> }): Promise<number> {
  const { writeFileSync } = await import('node:fs');
  const { openGraph } = await import('#engine/tensor/graph-session.ts');
  await using session = await openGraph(graph, outputs, { threads: 1, arena: false });
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [
      name,
      noise(name, graph.values.find((v) => 'name' in v.attributes && v.attributes.name === name)!.shape),
    ]),
  );
  const status = (key: string): number =>
    Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  writeFileSync('/proc/self/clear_refs', '5');
  const before = status('VmRSS');
  await session.run(feeds);
  return status('VmHWM') - before;
}
