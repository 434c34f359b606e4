import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { streamEvents } from '#engine/host/progress-stream.ts';

describe('streamEvents', () => {
  it('yields everything in order, also what came while nobody waited', async () => {
    const seen: number[] = [];
    const stream = streamEvents<number>(async (emit) => {
      emit(1);
      emit(2);
      await delay(1);
      emit(3);
    }, undefined);
    for await (const event of stream) {
      seen.push(event);
      await delay(3);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('gives the failure of the work after the events before it', async () => {
    const stream = streamEvents<number>(async (emit) => {
      emit(1);
      throw new Error('broken');
    }, undefined);
    expect(await stream.next()).toEqual({ value: 1, done: false });
    await expect(stream.next()).rejects.toThrow('broken');
  });

  it('aborts the work when the loop is left, and waits until it has stopped', async () => {
    let stopped = false;
    const stream = streamEvents<number>(async (emit, signal) => {
      for (let i = 0; !signal.aborted; i++) {
        emit(i);
        await delay(1);
      }
      await delay(5);
      stopped = true;
    }, undefined);
    for await (const _ of stream) break;
    expect(stopped).toBe(true);
  });

  it('aborts the work when the caller does', async () => {
    const controller = new AbortController();
    const stream = streamEvents<number>(async (emit, signal) => {
      emit(0);
      await delay(10_000, undefined, { signal });
    }, controller.signal);
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toThrow(/abort/i);
  });
});
