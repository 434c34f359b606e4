import { describe, it } from 'vitest';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise } from '../harness.ts';

const squared =
  (build: Build): Build =>
  (inputs, graph) =>
    op.square(build(inputs, graph));

describe('gradients of matrix products', () => {
  it.each([
    { a: [2, 3], b: [3, 4] },
    { a: [2, 2, 3], b: [3, 4] },
    { a: [2, 2, 3], b: [2, 3, 2] },
    { a: [2, 1, 2, 3], b: [3, 3, 2] },
    { a: [2, 3], b: [2, 3, 2] },
  ])('%j', async ({ a, b }) => {
    const inputs = { a: noise('a', a), b: noise('b', b) };
    const build: Build = ({ a, b }) => op.matmul(a!, b!);
    await checkGradients(inputs, build);
    await checkGradients(inputs, gradientOf(squared(build), 'a'));
  });
});

describe('gradients of conv2d', () => {
  it.each([
    { name: 'plain', x: [2, 2, 4, 3], w: [3, 2, 3, 3], options: { pad: 1 } },
    { name: '1×1', x: [1, 3, 2, 2], w: [2, 3, 1, 1], options: {} },
    { name: 'even kernel, uneven padding', x: [1, 1, 4, 4], w: [1, 1, 4, 2], options: { pad: [2, 0, 1, 1] as const } },
    { name: 'stride 2', x: [1, 2, 5, 5], w: [2, 2, 3, 3], options: { stride: 2, pad: 1 } },
    { name: 'stride 2 that leaves a rest', x: [1, 2, 6, 5], w: [1, 2, 3, 3], options: { stride: 2 } },
    { name: 'dilated', x: [1, 2, 5, 5], w: [2, 2, 2, 2], options: { dilation: 2, pad: 1 } },
    { name: 'groups', x: [1, 4, 3, 3], w: [4, 2, 3, 3], options: { groups: 2, pad: 1 } },
    { name: 'depthwise, stride 2', x: [1, 3, 4, 4], w: [3, 1, 2, 2], options: { groups: 3, stride: 2 } },
    { name: 'padding beyond the kernel', x: [1, 1, 2, 2], w: [1, 1, 2, 2], options: { pad: 3 } },
  ])('$name', async ({ x, w, options }) => {
    const inputs = { x: noise('x', x), w: noise('w', w) };
    const build: Build = ({ x, w }) => op.conv2d(x!, w!, options);
    await checkGradients(inputs, build);
    await checkGradients(inputs, gradientOf(squared(build), 'x'));
    await checkGradients(inputs, gradientOf(squared(build), 'w'));
  });
});

describe('gradients of convTranspose2d', () => {
  it.each([
    { name: 'plain', x: [2, 2, 3, 3], w: [2, 3, 3, 3], options: { pad: 1 } },
    { name: 'stride 2', x: [1, 2, 3, 3], w: [2, 2, 3, 3], options: { stride: 2 } },
    {
      name: 'stride 2, output padding',
      x: [1, 2, 2, 3],
      w: [2, 1, 3, 3],
      options: { stride: 2, pad: 1, outputPad: 1 },
    },
    { name: 'groups', x: [1, 4, 2, 2], w: [4, 1, 2, 2], options: { groups: 2, stride: 2 } },
    { name: 'dilated', x: [1, 1, 3, 3], w: [1, 2, 2, 2], options: { dilation: 2 } },
  ])('$name', async ({ x, w, options }) => {
    const inputs = { x: noise('x', x), w: noise('w', w) };
    const build: Build = ({ x, w }) => op.convTranspose2d(x!, w!, options);
    await checkGradients(inputs, build);
    await checkGradients(inputs, gradientOf(squared(build), 'x'));
    await checkGradients(inputs, gradientOf(squared(build), 'w'));
  });
});

describe('compositions of the generator and the discriminator', () => {
  /** `y = demodulation · conv(x · style, weight)`: StyleGAN2's modulated convolution. */
  const modulated: Build = ({ x, w, style }) => {
    const energy = op.reduceSum(op.square(op.mul(w!, op.reshape(style!, [1, -1, 1, 1]))), { axes: [1, 2, 3] });
    const demodulation = op.rsqrt(op.add(energy, 1e-8));
    const y = op.conv2d(op.mul(x!, op.reshape(style!, [1, -1, 1, 1])), w!, { pad: 1 });
    return op.leakyRelu(op.mul(y, op.reshape(demodulation, [1, -1, 1, 1])), 0.2);
  };
  const inputs = { x: noise('x', [1, 2, 3, 3]), w: noise('w', [2, 2, 3, 3]), style: noise('s', [2], 0.5, 1) };

  it('modulated convolution, first and second order', async () => {
    await checkGradients(inputs, modulated, { step: 2e-3, tolerance: 1e-2 });
    for (const name of ['x', 'w', 'style'])
      await checkGradients(inputs, gradientOf(squared(modulated), name), { step: 2e-3, tolerance: 2e-2 });
  });

  it('R1: the squared gradient of a convolutional critic, differentiated by its weights', async () => {
    const critic: Build = ({ x, w, v }) =>
      op.conv2d(op.leakyRelu(op.conv2d(x!, w!, { pad: 1 }), 0.2), v!, { stride: 2 });
    const penalty: Build = (leaves, graph) => op.reduceSum(op.square(gradientOf(critic, 'x')(leaves, graph)));
    const given = { x: noise('x1', [1, 1, 5, 5]), w: noise('w1', [2, 1, 3, 3]), v: noise('v1', [1, 2, 3, 3]) };
    await checkGradients(given, penalty, { wrt: ['w', 'v'], step: 2e-3, tolerance: 1e-2 });
  });
});
