import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPhotoLeases } from '#engine/host/photo-leases.ts';
import { type PhotoId, photoIdSchema } from '#shared/contract.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const photo = (name: string): PhotoId => photoIdSchema.parse(`photo_${name.padEnd(8, '0')}`);

function open(orphanBytes: number) {
  const closed: PhotoId[] = [];
  const leases = createPhotoLeases(
    (id) => {
      closed.push(id);
      return true;
    },
    { graceMs: 1000, orphanBytes },
  );
  return { closed, leases };
}

describe('pictures of a lost window', () => {
  it('are closed after a while, unless another window uses them', () => {
    const { closed, leases } = open(100);
    const first = leases();
    first.hold(photo('a'), 10);
    first.hold(photo('b'), 10);
    first.end();
    vi.advanceTimersByTime(999);
    leases().hold(photo('b'));
    expect(closed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(closed).toEqual([photo('a')]);
  });

  it('take no more than their share meanwhile; what was used longest ago goes first', () => {
    const { closed, leases } = open(100);
    const first = leases();
    first.hold(photo('a'), 60);
    first.hold(photo('b'), 60);
    first.hold(photo('c'), 60);
    first.hold(photo('a'));
    expect(closed).toEqual([]);
    first.end();
    expect(closed).toEqual([photo('b'), photo('c')]);
    // Pages that are loaded again and again share the one limit.
    const second = leases();
    second.hold(photo('d'), 60);
    expect(closed).toHaveLength(2);
    second.end();
    expect(closed).toEqual([photo('b'), photo('c'), photo('a')]);
  });

  it('count no longer once another window uses them', () => {
    const { closed, leases } = open(100);
    const first = leases();
    first.hold(photo('a'), 90);
    first.end();
    const second = leases();
    second.hold(photo('a'));
    const third = leases();
    third.hold(photo('b'), 90);
    third.end();
    expect(closed).toEqual([]);
    expect(second.close(photo('a'))).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(closed).toEqual([photo('a'), photo('b')]);
  });
});
