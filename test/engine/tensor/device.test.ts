import { describe, expect, it } from 'vitest';
import { InputError, MissingPackError } from '#engine/errors.ts';
import { floats } from '#engine/tensor/data.ts';
import { candidates, openOnDevice } from '#engine/tensor/device.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openTestedGraph } from '#engine/tensor/graph-session.ts';
import { lowerGraph } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';
import { availability, PROVIDER_IDS, PROVIDERS } from '#engine/tensor/providers.ts';
import { goldenFromCpu } from '#engine/tensor/self-test.ts';

const graph = new Graph('adder');
const model = encodeOnnx(lowerGraph(graph, { y: op.add(graph.input('x', [2]), 1) }));
const inputs = { x: floats([2], [1, 2]) };
const golden = () => goldenFromCpu(model, { name: 'adder' }, inputs, 1e-5);

describe('choosing a device', () => {
  it('tries what the system can have, and the CPU last', () => {
    expect(candidates('auto', 'linux')).toEqual(['cuda', 'webgpu', 'cpu']);
    expect(candidates('auto', 'win32')).toEqual(['webgpu', 'dml', 'cpu']);
    expect(candidates('auto', 'darwin')).toEqual(['webgpu', 'coreml', 'cpu']);
    expect(candidates('dml', 'linux')).toEqual(['dml']);
  });

  it('runs on the CPU without a test', async () => {
    const { session, provider, fallbacks } = await openOnDevice(model, {
      name: 'adder',
      device: 'cpu',
      golden: () => Promise.reject(new Error('not needed')),
    });
    await using opened = session;
    expect([provider, fallbacks]).toEqual(['cpu', []]);
    expect((await opened.run(inputs))['y']).toEqual(floats([2], [2, 3]));
  });

  it('with auto always ends up with something that works, and says what it passed over', async () => {
    const { session, provider, fallbacks } = await openOnDevice(model, { name: 'adder', device: 'auto', golden });
    await using opened = session;
    expect((await opened.run(inputs))['y']).toEqual(floats([2], [2, 3]));
    const tried = [...fallbacks.map((fallback) => fallback.provider), provider];
    expect(candidates('auto').slice(0, tried.length)).toEqual(tried);
    for (const { reason } of fallbacks) expect(reason.length).toBeGreaterThan(10);
  });

  it('opens a graph that is tested with inputs of its own making', async () => {
    const { session, provider } = await openTestedGraph(graph, { y: graph.input('x', [2]) }, { device: 'auto' });
    await using opened = session;
    expect(candidates('auto')).toContain(provider);
    expect((await opened.run(inputs))['y']).toEqual(inputs.x);
  });

  it('passes over a provider that gave wrong numbers before', async () => {
    const remembered = { get: async () => ({ status: 'failed', reason: 'y differs by half' }) as const };
    const { provider, fallbacks, session } = await openOnDevice(model, {
      name: 'adder',
      device: 'auto',
      golden,
      cache: remembered as never,
    });
    await session[Symbol.asyncDispose]();
    expect(provider).toBe('cpu');
    for (const fallback of fallbacks)
      if (availability(fallback.provider).available) expect(fallback.reason).toBe('y differs by half');
  });

  it('refuses a device asked for by name that is not there, with what to do', async () => {
    const absent = PROVIDER_IDS.find(
      (id) => !(PROVIDERS[id].platforms as readonly string[]).includes(process.platform),
    )!;
    const error = await openOnDevice(model, { name: 'adder', device: absent, golden }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MissingPackError);
    expect(error).toMatchObject({
      message: expect.stringContaining('cannot run adder'),
      action: expect.stringContaining('auto'),
    });
  });

  it('tells a broken model from a missing device', async () => {
    const junk = openOnDevice(Uint8Array.of(1, 2, 3), { name: 'junk', device: 'cpu', golden });
    await expect(junk).rejects.toThrow(InputError);
  });
});
