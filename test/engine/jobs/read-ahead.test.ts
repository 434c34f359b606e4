import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { handover, readAhead, workAhead } from '#engine/jobs/read-ahead.ts';

async function* count(to: number, asked: number[], ended: { yes: boolean }): AsyncGenerator<number, void, undefined> {
  try {
    for (let i = 0; i < to; i++) {
      asked.push(i);
      await turn();
      yield i;
    }
  } finally {
    ended.yes = true;
  }
}

test('reads ahead by a few, never by more', async () => {
  const asked: number[] = [];
  const ended = { yes: false };
  let next = 0;
  for await (const item of readAhead(count(10, asked, ended), 2)) {
    expect(item).toBe(next++);
    for (let i = 0; i < 10; i++) await turn();
    expect(asked.length).toBe(Math.min(10, next + 2));
  }
  expect([next, ended.yes]).toEqual([10, true]);
});

test('leaving the loop ends the source', async () => {
  const ended = { yes: false };
  for await (const _item of readAhead(count(10, [], ended), 2)) break;
  expect(ended.yes).toBe(true);
});

test('a failure comes in its turn', async () => {
  async function* failing(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw new RangeError('no more');
  }
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const item of readAhead(failing(), 3)) seen.push(item);
    })(),
  ).rejects.toThrow('no more');
  expect(seen).toEqual([1]);
});

test('works on a few items at a time, and gives the results in order', async () => {
  const asked: number[] = [];
  const [began, ended] = [[] as number[], { yes: false }];
  let most = 0;
  let inWork = 0;
  const work = async (item: number): Promise<number> => {
    began.push(item);
    most = Math.max(most, ++inWork);
    // Later items are done sooner.
    for (let i = 0; i < 12 - item; i++) await turn();
    inWork--;
    return 10 * item;
  };
  const results: number[] = [];
  for await (const result of workAhead(count(10, asked, ended), 3, work)) {
    results.push(result);
    // A taker that is slow holds the work back.
    for (let i = 0; i < 20; i++) await turn();
    expect(began.length).toBeLessThanOrEqual(results.length + 2);
  }
  expect(results).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect([most, ended.yes]).toEqual([3, true]);
});

test('one at a time is one after the other', async () => {
  const order: string[] = [];
  const work = async (item: number): Promise<void> => {
    order.push(`begin ${item}`);
    await turn();
    order.push(`end ${item}`);
  };
  for await (const _result of workAhead(count(2, [], { yes: false }), 1, work)) order.push('taken');
  expect(order).toEqual(['begin 0', 'end 0', 'taken', 'begin 1', 'end 1', 'taken']);
});

test('work that fails does so in its turn, and what is left comes to its end first', async () => {
  const finished: number[] = [];
  const ended = { yes: false };
  const work = async (item: number): Promise<number> => {
    if (item === 1) throw new RangeError('broken');
    for (let i = 0; i < 5; i++) await turn();
    finished.push(item);
    return item;
  };
  const seen: number[] = [];
  const all = (async () => {
    for await (const result of workAhead(count(9, [], ended), 3, work)) seen.push(result);
  })();
  await expect(all).rejects.toThrow('broken');
  expect([seen, finished, ended.yes]).toEqual([[0], [0, 2, 3], true]);
});

test('a handover keeps the maker a few items ahead and gives every item back', async () => {
  const done: number[] = [];
  const queue = handover<number>(2, (item) => done.push(item));
  let put = 0;
  const maker = (async () => {
    for (let i = 0; i < 8; i++) {
      await queue.put(i);
      put += 1;
    }
    queue.close();
  })();
  for (let i = 0; i < 10; i++) await turn();
  expect(put).toBe(2);
  const taken: number[] = [];
  for await (const item of queue.items) {
    expect(done).toEqual(taken);
    taken.push(item);
  }
  await maker;
  expect([taken, done]).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7],
    [0, 1, 2, 3, 4, 5, 6, 7],
  ]);
});

test('nobody waits for a receiver that is gone', async () => {
  const done: number[] = [];
  const queue = handover<number>(1, (item) => done.push(item));
  const waiting = (async () => {
    await queue.put(1);
    await queue.put(2);
  })();
  await turn();
  queue.abandon();
  await waiting;
  await queue.put(3);
  expect(done.toSorted()).toEqual([1, 2, 3]);
});

test('a failure reaches the receiver', async () => {
  const queue = handover<number>(1, () => undefined);
  queue.fail(new RangeError('broken'));
  await expect(
    (async () => {
      for await (const _item of queue.items);
    })(),
  ).rejects.toThrow('broken');
});
