/** Compares gradients with central finite differences, everything run in float32 on the CPU. */
import { expect } from 'vitest';
import { gradients } from '#engine/tensor/autodiff.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { mul, reduceSum } from '#engine/tensor/ops.ts';
import { noise, type Tensors } from './harness.ts';

export type Build = (inputs: Readonly<Record<string, Value>>, graph: Graph) => Value;

export interface CheckOptions {
  /** Half the distance of the two samples. The operands are of order 1. */
  readonly step?: number;
  /** Allowed difference, relative to the largest gradient element (at least 1). */
  readonly tolerance?: number;
  /** Inputs to differentiate by; default: all. */
  readonly wrt?: readonly string[];
}

/** The seed that every output is weighed with: fixed numbers of order 1. */
function weighted(y: Value): Value {
  return reduceSum(mul(y, y.graph.constant(noise(`seed ${y.shape}`, y.shape))));
}

/** A function that returns the gradient of another: for checks of the second order. */
export function gradientOf(build: Build, name: string): Build {
  return (inputs, graph) => gradients(weighted(build(inputs, graph)), [inputs[name]!])[0]!;
}

function leaves(graph: Graph, inputs: Tensors): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, data }]) => [
      name,
      graph.input(name, dims, data instanceof BigInt64Array ? 'int64' : 'float32'),
    ]),
  );
}

/** The numeric gradients of `Σ seed · build(inputs)`, and the graph's own. */
export async function checkGradients(inputs: Tensors, build: Build, options: CheckOptions = {}): Promise<void> {
  const { step = 1e-2, tolerance = 4e-3, wrt = Object.keys(inputs) } = options;
  const graph = new Graph('check');
  const values = leaves(graph, inputs);
  const y = build(values, graph);
  const seed = noise(`seed ${y.shape}`, y.shape).data as Float32Array;
  const found = gradients(
    weighted(y),
    wrt.map((name) => values[name]!),
  );
  expect(found.map((value) => value?.shape)).toEqual(wrt.map((name) => inputs[name]!.dims));
  const outputs = Object.fromEntries(wrt.map((name, index) => [`d ${name}`, found[index]!]));

  await using forward = await openGraph(graph, { y }, { threads: 1 });
  await using backward = await openGraph(graph, outputs, { threads: 1 });
  const given = (names: readonly string[], all: Tensors): Record<string, TensorData> =>
    Object.fromEntries(names.map((name) => [name, all[name]!]));
  const loss = async (all: Tensors): Promise<number> => {
    const result = (await forward.run(given(forward.inputNames, all)))['y']!.data as Float32Array;
    // In double precision: the sum would otherwise lose the digits that the difference needs.
    return result.reduce((total, value, index) => total + value * seed[index]!, 0);
  };
  const analytic = await backward.run(given(backward.inputNames, inputs));
  for (const name of wrt) {
    const { dims, data } = inputs[name]!;
    const numeric: number[] = [];
    for (let index = 0; index < data.length; index++) {
      const moved = async (by: number): Promise<number> => {
        const copy = Float32Array.from(data as Float32Array);
        copy[index]! += by;
        return loss({ ...inputs, [name]: { dims, data: copy } });
      };
      numeric.push(((await moved(step)) - (await moved(-step))) / (2 * step));
    }
    const scale = Math.max(1, ...numeric.map(Math.abs));
    const actual = [...(analytic[`d ${name}`]!.data as Float32Array)];
    const worst = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - numeric[index]!)), 0) / scale;
    expect(worst, `gradient by ${name}: ${actual} instead of ${numeric}`).toBeLessThan(tolerance);
  }
}
