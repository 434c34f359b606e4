/** Every operation and its gradient on tiny maps, on the CPU and on the WebGPU provider; prints where they differ. */
import { gradients, requiredGradients } from '#engine/tensor/autodiff.ts';
import { checkpoint } from '#engine/tensor/checkpoint.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { lowerGraph } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';
import { ResidentState } from '#engine/tensor/resident-state.ts';
import { difference, probeProviders } from '#engine/tensor/self-test.ts';
import { noise } from '../harness.ts';

const TOLERANCE = 2e-5;
const inputs = { x: noise('x', [1, 4, 8, 8]), w: noise('w', [4, 4, 3, 3], 0.5) };
type Block = (x: Value, w: Value) => Value;

const one = (w: Value): Value =>
  op.slice(w, [
    { axis: 2, end: 1 },
    { axis: 3, end: 1 },
  ]);
const at = (x: Value, values: readonly number[], dims?: readonly number[]): Value =>
  op.indexConstant(x.graph, values, dims);
const grid = (w: Value): Value =>
  op.reshape(
    op.slice(w, [
      { axis: 0, end: 2 },
      { axis: 2, end: 2 },
    ]),
    [1, 4, 6, 2],
  );
const mod3 = Array.from({ length: 256 }, (_, i) => (i * i) % 3);

const blocks: Record<string, Block> = {
  smooth: (x) => op.sum([op.exp(x), op.tanh(x), op.sigmoid(x), op.softplus(x), op.erf(x), op.gelu(x), op.silu(x)]),
  roots: (x) => op.add(op.rsqrt(op.add(op.square(x), 0.5)), op.log(op.pow(op.add(op.abs(x), 1), 1.5))),
  kinks: (x) => op.sum([op.relu(x), op.leakyRelu(x, 0.2), op.clip(x, -0.5, 0.5), op.min(x, 0.1), op.max(x, op.neg(x))]),
  choices: (x) => op.where(op.and(op.greater(x, 0), op.not(op.less(x, 0.5))), op.div(x, 3), op.sub(1, x)),
  steps: (x) => op.mul(x, op.add(op.floor(op.mul(x, 3)), op.sign(x))),
  prelu: (x, w) => op.prelu(x, op.reduceMean(w, { axes: [1, 2, 3] })),
  matmul: (x) => op.matmul(x, op.swapAxes(x, 2, 3)),
  conv: (x, w) => op.conv2d(x, w, { pad: 1 }),
  'conv, stride 2': (x, w) => op.conv2d(x, w, { pad: 1, stride: 2 }),
  'conv, stride 2, uneven padding': (x, w) => op.conv2d(x, w, { pad: [0, 1, 2, 0], stride: 2 }),
  'conv, dilation 2': (x, w) => op.conv2d(x, w, { dilation: 2 }),
  'conv 1×1, stride 2': (x, w) => op.conv2d(x, one(w), { stride: 2 }),
  'conv, groups': (x, w) => op.conv2d(x, op.slice(w, [{ axis: 1, end: 2 }]), { pad: 1, groups: 2 }),
  'conv, depthwise': (x, w) => op.conv2d(x, op.slice(w, [{ axis: 1, end: 1 }]), { pad: 1, groups: 4 }),
  'conv, 6 channels': (x, w) => {
    const six = op.concat([x, op.slice(x, [{ axis: 1, start: 1, end: 3 }])], 1);
    return op.conv2d(six, op.concat([w, op.slice(w, [{ axis: 1, end: 2 }])], 1), { pad: 1 });
  },
  // More taps than a shader has bindings.
  'conv 5×5': (x, w) => op.conv2d(x, op.pad(w, [0, 0, 1, 1], [0, 0, 1, 1], { mode: 'edge' }), { pad: 2 }),
  'convTranspose, stride 2': (x, w) => op.convTranspose2d(x, w, { stride: 2 }),
  'convTranspose, padded': (x, w) => op.convTranspose2d(x, w, { stride: 2, pad: 1, outputPad: 1 }),
  maxPool: (x) => op.maxPool(x, { kernel: 3, stride: 2 }),
  averagePool: (x) => op.averagePool(x, { kernel: 3, stride: 2, pad: 1 }),
  'adaptive pool': (x) => op.adaptiveAveragePool(x, [3, 4]),
  'resize nearest': (x) => op.add(op.resizeNearest(x, 16), op.resizeNearest(op.resizeNearest(x, 4), 16)),
  'resize nearest, uneven': (x) => op.resizeNearest(x, [3, 11]),
  'resize bilinear': (x) => op.resizeBilinear(op.resizeBilinear(x, 16), [5, 3]),
  gridSample: (x, w) => op.gridSample(x, grid(w)),
  'gridSample, border': (x, w) => op.gridSample(x, grid(w), { padding: 'border', alignCorners: true }),
  layout: (x) =>
    op.transpose(op.concat([op.pad(x, [0, 0, 1, 0], [0, 0, 0, 2]), op.expand(one(x), [1, 4, 9, 10])], 1), [2, 0, 3, 1]),
  'strided slice': (x) =>
    op.slice(x, [
      { axis: 2, start: 1, step: 2 },
      { axis: 3, start: 1, step: 3 },
    ]),
  flip: (x) => op.mul(op.flip(x, [2, 3]), x),
  gather: (x) => op.gather(op.reshape(x, [4, 64]), at(x, [7, 63, 7, 0, 12, 12]), 1),
  gatherElements: (x) => op.gatherElements(x, at(x, mod3, [1, 4, 8, 8]), 1),
  gatherND: (x) => op.gatherND(op.reshape(x, [4, 64]), at(x, [0, 3, 2, 60, 0, 3], [3, 2])),
  scatterND: (x) =>
    op.scatterND(
      op.reshape(x, [4, 64]),
      at(x, [2, 0], [2, 1]),
      op.reshape(op.slice(x, [{ axis: 1, end: 2 }]), [2, 64]),
    ),
  'scatterND add': (x) =>
    op.scatterND(
      op.reshape(x, [4, 64]),
      at(x, [2, 2], [2, 1]),
      op.reshape(op.slice(x, [{ axis: 1, end: 2 }]), [2, 64]),
      'add',
    ),
  'scatterElements add': (x) => op.scatterElements(x, at(x, mod3, [1, 4, 8, 8]), op.square(x), 1, 'add'),
  reductions: (x) =>
    op.add(op.reduceSum(x, { axes: [3] }), op.add(op.reduceMean(x, { axes: [2] }), op.reduceMax(x, { axes: [3] }))),
  softmax: (x) => op.add(op.softmax(x, 1), op.logSoftmax(x, 3)),
  oneHot: (x) => op.mul(op.oneHot(op.argMax(x, 1), 4, 1), x),
  instanceNorm: (x, w) => op.mul(op.instanceNorm(x), op.reshape(op.reduceMean(w, { axes: [1, 2, 3] }), [1, 4, 1, 1])),
  'modulated convolution, recomputed': (x, w) =>
    checkpoint([x], ([x]) => {
      const style = op.add(op.reduceMean(w, { axes: [0, 2, 3] }), 1);
      const scaled = op.mul(w, op.reshape(style, [1, 4, 1, 1]));
      const demodulation = op.rsqrt(op.add(op.reduceSum(op.square(scaled), { axes: [1, 2, 3] }), 1e-8));
      const y = op.convTranspose2d(op.mul(x!, op.reshape(style, [1, 4, 1, 1])), op.swapAxes(w, 0, 1), { stride: 2 });
      return op.leakyRelu(op.mul(y, op.reshape(demodulation, [1, 4, 1, 1])), 0.2);
    }),
};

async function compare(name: string, block: Block): Promise<string[]> {
  const graph = new Graph(name);
  const [x, w] = [graph.input('x', inputs.x.dims), graph.input('w', inputs.w.dims)];
  const y = block(x, w);
  const loss = op.reduceSum(op.mul(y, graph.constant(noise('seed', y.shape))));
  const [dx, dw] = gradients(loss, [x, w]) as [Value, Value | undefined];
  // Once more: the gradient of the gradient, as the R1 penalty has it.
  const again = op.add(op.reduceSum(op.square(dx)), op.reduceSum(op.mul(op.add(x, w.graph.constant(0)), 1e-3)));
  const [ddx] = requiredGradients(again, [x]) as [Value];
  const outputs: Record<string, Value> = { y, dx, ddx, ...(dw === undefined ? {} : { dw }) };
  const run = async (device: 'cpu' | 'webgpu'): Promise<Record<string, TensorData>> => {
    await using session = await openGraph(graph, outputs, { device, threads: 1 });
    return await session.run(
      Object.fromEntries(session.inputNames.map((input) => [input, inputs[input as 'x' | 'w']])),
    );
  };
  const [expected, actual] = [await run('cpu'), await run('webgpu')];
  return Object.keys(outputs).flatMap((output) => {
    const reason = difference(`${name}: ${output}`, expected[output]!, actual[output]!, TOLERANCE);
    return reason === undefined ? [] : [reason];
  });
}

/** Kernels are chosen by channel counts: many of them, plain and transposed, in one model. */
async function channelCounts(): Promise<string[]> {
  const graph = new Graph('channels');
  const outputs: Record<string, Value> = {};
  const feeds: Record<string, TensorData> = {};
  for (const from of [1, 2, 3, 5, 6, 7, 9, 10, 12, 15]) {
    feeds[`x${from}`] = noise(`x${from}`, [1, from, 5, 6]);
    const x = graph.input(`x${from}`, [1, from, 5, 6]);
    for (const to of [1, 3, 6, 8]) {
      const weight = graph.constant(noise(`w${from} ${to}`, [to, from, 3, 3]));
      outputs[`conv ${from} → ${to}`] = op.conv2d(x, weight, { pad: 1 });
      outputs[`conv ${from} → ${to}, stride 2`] = op.conv2d(x, weight, { stride: 2 });
      outputs[`conv 1×1 ${from} → ${to}`] = op.conv2d(x, one(weight));
      outputs[`convTranspose ${from} → ${to}`] = op.convTranspose2d(x, op.swapAxes(weight, 0, 1), { stride: 2 });
    }
  }
  const [expected, actual] = await Promise.all(
    (['cpu', 'webgpu'] as const).map(async (device) => {
      await using session = await openGraph(graph, outputs, { device, threads: 1 });
      return await session.run(feeds);
    }),
  );
  return Object.keys(outputs)
    .map((name) => difference(name, expected![name]!, actual![name]!, TOLERANCE))
    .filter((reason) => reason !== undefined);
}

async function resident(): Promise<string[]> {
  const graph = new Graph('descent');
  const [target, weight] = [graph.input('target', [3]), graph.input('weight', [3])];
  const loss = op.reduceSum(op.square(op.sub(weight, target)));
  const [gradient] = requiredGradients(loss, [weight]) as [Value];
  const model = encodeOnnx(lowerGraph(graph, { loss, next: op.sub(weight, op.mul(gradient, 0.25)) }));
  const goal = noise('target', [3]);
  const results: TensorData[] = [];
  for (const device of ['cpu', 'webgpu'] as const) {
    const initial = { weight: noise('start', [3]) };
    await using training = await ResidentState.open(model, {
      name: 'descent',
      device,
      state: { weight: 'next' },
      initial,
    });
    for (let step = 0; step < 10; step++) await training.step({ target: goal });
    await training.read();
    await training.step({ target: goal });
    results.push((await training.read())['weight']!);
  }
  return [difference('resident state', results[0]!, results[1]!, TOLERANCE)].filter((reason) => reason !== undefined);
}

const differences: string[] = [];
for (const [name, block] of Object.entries(blocks)) {
  try {
    differences.push(...(await compare(name, block)));
  } catch (error) {
    differences.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
differences.push(...(await channelCounts()), ...(await resident()));
const [probe] = await probeProviders(['webgpu']);
console.log(JSON.stringify({ blocks: Object.keys(blocks).length, differences, probe }));
