import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floats } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { lowerGraph } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';
import { PROVIDER_IDS } from '#engine/tensor/providers.ts';
import {
  difference,
  goldenFromCpu,
  probeProviders,
  reasonOf,
  selfTest,
  syntheticInputs,
} from '#engine/tensor/self-test.ts';
import { modelDigest, SelfTestCache } from '#engine/tensor/self-test-cache.ts';

const graph = new Graph('doubler');
const y = op.mul(graph.input('x', [2]), 2);
const inputs = { x: floats([2], [1, 2]) };

describe('difference', () => {
  const expected = floats([2], [10, -20]);
  it('allows what is within the tolerance of the range, and nothing that is not a number', () => {
    expect(difference('y', expected, floats([2], [10, -20]), 0)).toBeUndefined();
    expect(difference('y', expected, floats([2], [10.001, -20]), 1e-4)).toBeUndefined();
    expect(difference('y', expected, floats([2], [10.01, -20]), 1e-4)).toBe(
      'y differs by 5.0e-4 of its range (allowed 1e-4)',
    );
    expect(difference('y', expected, floats([2], [Number.NaN, -20]), 1)).toBe('y holds NaN at element 0');
    expect(difference('y', expected, floats([1], [10]), 1)).toBe('y is float32[1] instead of float32[2]');
    expect(difference('y', expected, { dims: [2], data: new Int32Array(2) }, 1)).toContain('is int32[2]');
  });
});

describe('selfTest', () => {
  it('passes on the right numbers and fails on others or on an error', async () => {
    await using session = await openGraph(graph, { y });
    const golden = { inputs, outputs: { y: floats([2], [2, 4]) }, tolerance: 1e-6 };
    expect(await selfTest(session, golden)).toEqual({ status: 'passed' });
    const wrong = await selfTest(session, { ...golden, outputs: { y: floats([2], [2, 5]) } });
    expect(wrong).toEqual({ status: 'failed', reason: 'y differs by 2.0e-1 of its range (allowed 1e-6)' });
    const broken = await selfTest(session, { ...golden, inputs: {} });
    expect(broken).toEqual({ status: 'failed', reason: 'it cannot run doubler: doubler misses its input "x".' });
  });

  it('takes golden numbers from the CPU', async () => {
    const golden = await goldenFromCpu(encodeOnnx(lowerGraph(graph, { y })), { name: 'doubler' }, inputs, 1e-5);
    expect(golden).toEqual({ inputs, outputs: { y: floats([2], [2, 4]) }, tolerance: 1e-5 });
  });
});

describe('inputs of a self-test', () => {
  it('are fixed, bounded, and valid indices', () => {
    const graph = new Graph('inputs');
    const rows = graph.input('rows', [5, 2]);
    const y = op.gather(rows, graph.input('indices', [3], 'int64'), 0);
    const made = syntheticInputs(lowerGraph(graph, { y }));
    expect(made).toEqual(syntheticInputs(lowerGraph(graph, { y })));
    expect(made['indices']).toEqual({ dims: [3], data: new BigInt64Array(3) });
    expect(Math.max(...(made['rows']!.data as Float32Array).map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('must give finite numbers', async () => {
    const graph = new Graph('root');
    const model = encodeOnnx(lowerGraph(graph, { y: op.sqrt(graph.input('x', [2])) }));
    const golden = goldenFromCpu(model, { name: 'root' }, { x: floats([2], [1, -1]) }, 1e-5);
    await expect(golden).rejects.toThrow('the output y of root in its self-test holds NaN at element 1');
  });
});

describe('probeProviders', () => {
  it('passes the CPU and gives a reason for whatever is not there', async () => {
    const probes = await probeProviders();
    expect(probes.map(({ id }) => id)).toEqual(PROVIDER_IDS);
    expect(probes[0]).toEqual({ id: 'cpu', available: true, selfTest: 'passed' });
    for (const probe of probes.slice(1)) {
      if (probe.selfTest === 'passed') expect(probe).toEqual({ id: probe.id, available: true, selfTest: 'passed' });
      else expect(probe.reason).toMatch(/\w{3}/);
    }
  });

  it('keeps source files of the runtime out of reasons', () => {
    const text = '/onnxruntime_src/onnxruntime/core/x.cc:136 adapter_result was false. No supported adapters.';
    expect(reasonOf(new Error(text))).toBe('adapter_result was false. No supported adapters.');
  });
});

describe('SelfTestCache', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'self-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('remembers per provider and graph, across instances', async () => {
    const file = path.join(folder, 'cache', 'self-tests.json');
    const failed = { status: 'failed', reason: 'y differs' } as const;
    await new SelfTestCache(file).set('webgpu', 'graph-a', failed);
    const cache = new SelfTestCache(file);
    expect(await cache.get('webgpu', 'graph-a')).toEqual(failed);
    expect(await cache.get('webgpu', 'graph-b')).toBeUndefined();
    expect(await cache.get('cuda', 'graph-a')).toBeUndefined();
    await cache.set('webgpu', 'graph-b', { status: 'passed' });
    expect(await new SelfTestCache(file).get('webgpu', 'graph-a')).toEqual(failed);
  });

  it('forgets when the driver is another one', async () => {
    const file = path.join(folder, 'self-tests.json');
    await new SelfTestCache(file).set('webgpu', 'graph', { status: 'passed' });
    const before = process.env['VK_DRIVER_FILES'];
    process.env['VK_DRIVER_FILES'] = '/another/driver.json';
    try {
      expect(await new SelfTestCache(file).get('webgpu', 'graph')).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env['VK_DRIVER_FILES'];
      else process.env['VK_DRIVER_FILES'] = before;
    }
  });

  it('counts a damaged or foreign file as empty', async () => {
    const file = path.join(folder, 'self-tests.json');
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"version":99,"results":{}}',
      '{"version":1,"results":{"k":{"status":"?"}}}',
    ]) {
      await writeFile(file, text);
      expect(await new SelfTestCache(file).get('cpu', 'graph')).toBeUndefined();
    }
  });

  it('names equal models equally', () => {
    expect(modelDigest(Uint8Array.of(1, 2))).toBe(modelDigest(Uint8Array.of(1, 2)));
    expect(modelDigest(Uint8Array.of(1, 2))).not.toBe(modelDigest(Uint8Array.of(1, 3)));
  });
});
