import { expect, it } from 'vitest';
import { heldBytes, StageCache } from '#engine/pipeline/stage-cache.ts';

const block = (bytes: number) => ({ data: new Uint8Array(bytes) });

it('counts each buffer once, through nested and repeated objects', () => {
  const shared = new Float32Array(10);
  expect(heldBytes({ a: shared, b: [shared, { c: shared.subarray(2) }], d: 'text', e: undefined })).toBe(40);
});

it('lets the least recently used leave when the budget is spent', () => {
  const cache = new StageCache(100);
  cache.set('a', block(40));
  cache.set('b', block(40));
  expect(cache.get('a')).toBeDefined();
  cache.set('c', block(40));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBeDefined();
  expect(cache.bytes).toBe(80);
});

it('keeps one value that is larger than the budget, until the next', () => {
  const cache = new StageCache(10);
  cache.set('a', block(50));
  expect(cache.get('a')).toBeDefined();
  cache.set('b', block(5));
  expect(cache.get('a')).toBeUndefined();
});

it('lets entries with a budget of their own push no others out', () => {
  const cache = new StageCache(100, { holds: (key) => key.startsWith('small'), budget: 50 });
  cache.set('a', block(60));
  for (let i = 0; i < 20; i++) cache.set(`small ${i}`, block(20));
  expect(cache.get('a')).toBeDefined();
  expect(['small 17', 'small 18', 'small 19'].map((key) => cache.get(key) !== undefined)).toEqual([false, true, true]);
  expect(cache.bytes).toBe(100);
  cache.set('b', block(60));
  expect(cache.get('small 19')).toBeDefined();
  cache.delete('small 19');
  cache.forget('small 18');
  expect(cache.bytes).toBe(60);
  cache.set('small', block(10));
  cache.clear();
  expect(cache.bytes).toBe(0);
});

it('replaces and forgets', () => {
  const cache = new StageCache(1000);
  cache.set('align:photo_1#0', block(10));
  cache.set('align:photo_1#0', block(30));
  cache.set('align:photo_2#0', block(20));
  expect(cache.bytes).toBe(50);
  cache.forget('photo_1');
  expect(cache.bytes).toBe(20);
  cache.clear();
  expect(cache.bytes).toBe(0);
});
