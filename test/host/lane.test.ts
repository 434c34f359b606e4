import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '#engine/errors.ts';
import { createLane } from '#engine/host/lane.ts';

describe('a lane', () => {
  it('does one thing at a time, in order, also after a failure', async () => {
    const lane = createLane();
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      lane(undefined, async () => {
        seen.push(`${name} begins`);
        await delay(2);
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('leaves out what was cancelled while it waited', async () => {
    const lane = createLane();
    const controller = new AbortController();
    let ran = false;
    const first = lane(undefined, () => delay(5));
    const second = lane(controller.signal, async () => {
      ran = true;
    });
    controller.abort();
    await expect(second).rejects.toThrow(CancelledError);
    await first;
    expect(ran).toBe(false);
  });

  it('runs shared work side by side, and nothing beside other work', async () => {
    const lane = createLane();
    const seen: string[] = [];
    const work = (name: string, run: typeof lane.shared) =>
      run(undefined, async () => {
        seen.push(`+${name}`);
        await delay(4);
        seen.push(`-${name}`);
      });
    const early = [work('a', lane.shared), work('b', lane.shared)];
    await delay(1);
    await Promise.all([...early, work('photo', lane), work('c', lane.shared), work('d', lane.shared)]);
    expect(seen).toEqual(['+a', '+b', '-a', '-b', '+photo', '-photo', '+c', '+d', '-c', '-d']);
  });
});
