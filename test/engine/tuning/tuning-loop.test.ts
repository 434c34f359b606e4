/** The loop of a tuning on a small problem: what it saves, and what each wish and each failure leaves behind. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, StorageError, UsageError } from '#engine/errors.ts';
import { asMemoryError } from '#engine/tuning/memory-error.ts';
import type { TuningEvent } from '#engine/tuning/tuning-loop.ts';
import { DivergedError } from '#engine/tuning/tuning-run.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { FRAMES, runSmallTuning, smallMachine } from '#test/support/small-tuning.ts';

let root: string;
let places = 0;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-loop-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});
const newPlace = (): string => path.join(root, String(++places));
const tuned = (place: string): Promise<Buffer> => readFile(path.join(place, 'tuned.safetensors'));

describe('a tuning', () => {
  it('goes through its stages, reports every term, and leaves the tuned weights and the curves', async () => {
    const place = newPlace();
    const events: TuningEvent[] = [];
    const outcome = await runSmallTuning({ place, onEvent: (event) => events.push(event), previewEvery: 4 });
    expect(outcome).toMatchObject({ state: 'done', tuned: path.join(place, 'tuned.safetensors') });
    expect(outcome.ended).toHaveLength(3);
    const updates = events.filter((event) => event.type === 'update');
    expect(updates).toHaveLength(outcome.updates);
    expect(new Set(updates.map(({ stage }) => stage))).toEqual(new Set(['coarse', 'fine', 'sweep']));
    // The last pass visits every frame.
    expect(updates.slice(-FRAMES).map(({ frame }) => frame)).toEqual([0, 1, 2, 3]);
    expect(updates[0]?.losses).toHaveProperty(['driven.lpips']);
    expect(updates.at(-1)?.losses['loss']).toBeLessThan(0.75 * (updates[0]?.losses['loss'] as number));
    expect(updates.at(-1)?.updatesPerSecond).toBeGreaterThan(0);
    expect(events.filter((event) => event.type === 'preview').length).toBe(Math.floor(outcome.updates / 4) + 1);
    expect((await readdir(place)).sort()).toEqual(['losses.jsonl', 'tuned.safetensors']);
    const curve = (await readFile(path.join(place, 'losses.jsonl'), 'utf8')).trim().split('\n');
    expect(curve.map((line) => (JSON.parse(line) as { update: number }).update)).toEqual(
      updates.map(({ update }) => update),
    );
    await using file = await openSafetensors(path.join(place, 'tuned.safetensors'));
    expect([...file.tensors.keys()].sort()).toEqual(['latent_avg', 'w']);
  });

  it('ends with the same bits however often it is paused', async () => {
    const whole = newPlace();
    const { updates } = await runSmallTuning({ place: whole });
    const paused = newPlace();
    const stops = [1, 2, 7, 8, 20].filter((stop) => stop < updates);
    for (const stop of stops) {
      let made = 0;
      const outcome = await runSmallTuning({
        place: paused,
        onEvent: (event) => {
          if (event.type === 'update') made = event.update;
        },
        wish: () => (made >= stop ? 'pause' : undefined),
      });
      expect(outcome).toMatchObject({ state: 'paused', updates: stop, tuned: undefined });
    }
    expect(await runSmallTuning({ place: paused })).toMatchObject({ state: 'done', updates });
    expect(await tuned(paused)).toEqual(await tuned(whole));
    expect(await readFile(path.join(paused, 'losses.jsonl'))).toEqual(await readFile(path.join(whole, 'losses.jsonl')));
  });

  it('hands out what there is when it is asked to finish', async () => {
    const place = newPlace();
    let made = 0;
    const outcome = await runSmallTuning({
      place,
      onEvent: (event) => {
        if (event.type === 'update') made = event.update;
      },
      wish: () => (made >= 5 ? 'finish' : undefined),
    });
    expect(outcome).toMatchObject({ state: 'done', updates: 5 });
    await using file = await openSafetensors(path.join(place, 'tuned.safetensors'));
    expect(file.metadata.get('ended')).toBe('stopped');
    expect(file.metadata.get('updates')).toBe('5');
  });

  it('stops at once when it is cancelled, also while frames are prepared', async () => {
    const place = newPlace();
    await mkdir(place);
    await expect(runSmallTuning({ place, wish: () => 'cancel' })).rejects.toBeInstanceOf(CancelledError);
    let asked = 0;
    const wish = () => (++asked > 2 ? 'cancel' : undefined);
    await expect(runSmallTuning({ place, wish })).rejects.toBeInstanceOf(CancelledError);
    expect(await readdir(place)).toEqual([]);
  });
});

describe('a loss that is no number', () => {
  it('stops tuning, says at which update, and keeps the last weights that were good', async () => {
    const place = newPlace();
    const failed = runSmallTuning({ place, literal: true, saveEvery: 4, spoilAt: 11 });
    await expect(failed).rejects.toThrow('The loss of update 11 is NaN. The weights after update 8 are kept.');
    await expect(runSmallTuning({ place: newPlace(), spoilAt: 1 })).rejects.toBeInstanceOf(DivergedError);
    await using kept = await openSafetensors(path.join(place, 'tuned.safetensors'));
    expect([kept.metadata.get('ended'), kept.metadata.get('updates')]).toEqual(['diverged', '8']);

    // The same weights as those of a tuning that was stopped there.
    const other = newPlace();
    let made = 0;
    await runSmallTuning({
      place: other,
      literal: true,
      onEvent: (event) => {
        if (event.type === 'update') made = event.update;
      },
      wish: () => (made >= 8 ? 'finish' : undefined),
    });
    await using stopped = await openSafetensors(path.join(other, 'tuned.safetensors'));
    expect(await kept.read('w')).toEqual(await stopped.read('w'));
  });

  it('is never saved: a checkpoint holds weights whose loss is known', async () => {
    const place = newPlace();
    const saved: number[] = [];
    const onEvent = (event: TuningEvent): void => {
      if (event.type === 'saved') saved.push(event.update);
    };
    await expect(runSmallTuning({ place, literal: true, saveEvery: 1, spoilAt: 5, onEvent })).rejects.toThrow(
      'The loss of update 5 is NaN. The weights after update 3 are kept.',
    );
    expect(saved).toEqual([1, 2, 3]);
  });
});

describe('a disk that is full', () => {
  it('ends tuning with its reason and leaves the checkpoint before', async () => {
    const place = newPlace();
    await using machine = await smallMachine();
    const full = new StorageError('The disk is full.');
    let calls = 0;
    const failing = {
      ...machine,
      prepare: machine.prepare,
      get updates() {
        return machine.updates;
      },
      update: ((next, rate, keep) =>
        machine.update(
          next,
          rate,
          keep && ((state) => (++calls === 2 ? Promise.reject(full) : keep(state))),
        )) as typeof machine.update,
    };
    await expect(runSmallTuning({ place, literal: true, saveEvery: 3, machine: failing })).rejects.toBe(full);
    expect((await readdir(place)).sort()).toEqual(['checkpoint.safetensors', 'losses.jsonl']);
    const whole = newPlace();
    await runSmallTuning({ place: whole, literal: true });
    await runSmallTuning({ place, literal: true });
    expect(await tuned(place)).toEqual(await tuned(whole));
  });
});

describe('a lack of memory', () => {
  it.each([
    'std::bad_alloc',
    'Failed to allocate memory for requested buffer of size 4096',
    'Array buffer allocation failed',
  ])('is said as such: %s', async (message) => {
    const failed = asMemoryError(() => Promise.reject(new Error(message)));
    await expect(failed).rejects.toBeInstanceOf(UsageError);
    await expect(asMemoryError(() => Promise.reject(new Error(message)))).rejects.toThrow(/not enough memory/);
  });

  it('is not what every error means', async () => {
    await expect(asMemoryError(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(await asMemoryError(async () => 5)).toBe(5);
  });
});
