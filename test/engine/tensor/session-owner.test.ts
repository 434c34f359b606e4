import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { floats } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import * as op from '#engine/tensor/ops.ts';
import { SessionOwner } from '#engine/tensor/session-owner.ts';
import type { TensorSession } from '#engine/tensor/sessions.ts';

/** A session that only counts. */
function counter() {
  const log: string[] = [];
  const open = (name: string) => async (): Promise<TensorSession> => {
    log.push(`open ${name}`);
    return {
      name,
      inputNames: [],
      outputNames: [],
      run: async () => ({}),
      [Symbol.asyncDispose]: async () => {
        log.push(`close ${name}`);
      },
    };
  };
  const request = (name: string, bytes: number) => ({ key: name, bytes, open: open(name) });
  return { log, request };
}

describe('SessionOwner', () => {
  it('opens once, keeps it, and closes what was idle longest when room is needed', async () => {
    const { log, request } = counter();
    await using owner = new SessionOwner(100);
    for (const name of ['a', 'b', 'a']) {
      await using loan = await owner.borrow(request(name, 40));
      expect(loan.session.name).toBe(name);
    }
    expect(owner.usedBytes).toBe(80);
    await using _ = await owner.borrow(request('c', 50));
    expect(log).toEqual(['open a', 'open b', 'close b', 'open c']);
    expect(owner.openKeys).toEqual(['a', 'c']);
  });

  it('gives two borrowers at once the same session', async () => {
    const { log, request } = counter();
    await using owner = new SessionOwner(100);
    const loans = await Promise.all([owner.borrow(request('a', 60)), owner.borrow(request('a', 60))]);
    expect(loans[0]!.session).toBe(loans[1]!.session);
    expect(log).toEqual(['open a']);
    await loans[0]![Symbol.asyncDispose]();
    await loans[0]![Symbol.asyncDispose]();
    // The second loan still holds it, also after the first was returned twice.
    await expect(owner.borrow(request('b', 60))).rejects.toThrow(UsageError);
    await loans[1]![Symbol.asyncDispose]();
    await using _ = await owner.borrow(request('b', 60));
  });

  it('refuses what does not fit, and forgets what could not be opened', async () => {
    const { request } = counter();
    await using owner = new SessionOwner(2 ** 20);
    await expect(owner.borrow(request('huge', 3 * 2 ** 20))).rejects.toThrow(
      'The session huge needs 3 MB; 0 MB of 1 MB',
    );
    const broken = { key: 'broken', bytes: 10, open: () => Promise.reject(new Error('no such file')) };
    await expect(owner.borrow(broken)).rejects.toThrow('no such file');
    expect(owner.usedBytes).toBe(0);
    expect(() => new SessionOwner(0)).toThrow(UsageError);
  });

  it('closes everything with itself', async () => {
    const { log, request } = counter();
    const owner = new SessionOwner(100);
    await owner.borrow(request('a', 10));
    const idle = await owner.borrow(request('b', 10));
    await idle[Symbol.asyncDispose]();
    await owner.closeIdle();
    expect(log).toContain('close b');
    await owner[Symbol.asyncDispose]();
    expect(log).toContain('close a');
    await expect(owner.borrow(request('a', 10))).rejects.toThrow('closing');
  });

  it('leaks no memory: sixty sessions of 8 MB, opened and closed', async () => {
    const weights = new Float32Array(2 * 2 ** 20).fill(0.5);
    const once = async (): Promise<void> => {
      const graph = new Graph('heavy');
      const x = graph.input('x', [1, 1024]);
      const y = op.matmul(x, graph.constant({ dims: [1024, 2048], data: weights }));
      await using owner = new SessionOwner(2 ** 30);
      await using loan = await owner.borrow({
        key: 'heavy',
        bytes: weights.byteLength,
        open: () => openGraph(graph, { y }),
      });
      await loan.session.run({ x: floats([1, 1024], new Float32Array(1024)) });
    };
    for (let k = 0; k < 10; k++) await once();
    const before = process.memoryUsage().rss;
    for (let k = 0; k < 60; k++) await once();
    // A leak of one copy each would be 480 MB; the allocator and the JavaScript heap breathe by less than a third.
    expect(process.memoryUsage().rss - before).toBeLessThan(160 * 2 ** 20);
  });
});
