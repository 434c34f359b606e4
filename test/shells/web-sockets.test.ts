import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { watchPages } from '#main/shells/web-sockets.ts';

const PATIENCE_MS = 600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of a page's socket as is watched. */
const page = () => new EventEmitter() as EventEmitter & WebSocket;

function watched() {
  const onNone = vi.fn();
  return { onNone, ...watchPages(PATIENCE_MS, onNone) };
}

it('a page that is loaded again is back in time, and nothing counts as left', () => {
  const { onNone, add } = watched();
  const [first, again] = [page(), page()];
  add(first);
  vi.advanceTimersByTime(2 * PATIENCE_MS);
  first.emit('close');
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  add(again);
  vi.advanceTimersByTime(2 * PATIENCE_MS);
  expect(onNone).not.toHaveBeenCalled();
  again.emit('close');
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  expect(onNone).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onNone).toHaveBeenCalledOnce();
});

it('one page of several may go', () => {
  const { onNone, add } = watched();
  const pages = [page(), page()];
  for (const each of pages) add(each);
  pages[0]?.emit('close');
  vi.advanceTimersByTime(2 * PATIENCE_MS);
  expect(onNone).not.toHaveBeenCalled();
});

it('nothing is done any more when the studio ends', () => {
  const { onNone, add, end } = watched();
  const last = page();
  add(last);
  last.emit('close');
  end();
  vi.advanceTimersByTime(2 * PATIENCE_MS);
  expect(onNone).not.toHaveBeenCalled();
});
