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
