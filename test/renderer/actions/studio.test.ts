import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COLLECT_MS, PATIENCE_MS, QUICK_MS, REST_MS, SHORT_RUN_MS } from '../../../src/renderer/actions/runs.ts';
import { type Studio, startStudio } from '../../../src/renderer/actions/studio.ts';
import { fingerprint, withSettings } from '../../../src/renderer/model/document.ts';
import { useConnection } from '../../../src/renderer/state/connection.ts';
import { currentDocument, edit, useEdit } from '../../../src/renderer/state/edit.ts';
import { photoOf } from '../../../src/renderer/state/photos.ts';
import { useRun } from '../../../src/renderer/state/run.ts';
import { useUi } from '../../../src/renderer/state/ui.ts';
import { FakeStudio, resetStores } from '../fake-studio.ts';

let fake: FakeStudio;
let studio: Studio;
let ending: AbortController;

/** Lets everything that is due happen, and `ms` of time pass. */
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const file = (name: string) => new File(['x'], name);

beforeEach(async () => {
  vi.useFakeTimers();
  resetStores();
  fake = new FakeStudio();
  ending = new AbortController();
  studio = startStudio(fake.link, ending.signal);
  fake.status.push({ state: 'ready', generation: 1 });
  await settle();
});

afterEach(() => {
  ending.abort();
  vi.useRealTimers();
});

async function openPair(): Promise<void> {
  await studio.files.openFiles([file('source.png')], 'source');
  await studio.files.openFiles([file('target.png')], 'target');
  await settle(COLLECT_MS);
}

describe('the studio', () => {
  it('runs by itself once there is a source and a target', async () => {
    await openPair();
    expect(fake.runs).toHaveLength(1);
    expect(useRun.getState().phase).toBe('running');
    fake.runs[0]?.progress(0.5);
    await settle();
    expect(useRun.getState().progress?.fraction).toBe(0.5);
    fake.runs[0]?.finish();
    await settle();
    expect(useRun.getState()).toMatchObject({ phase: 'idle', error: null });
    expect(useUi.getState().subject).toEqual({ kind: 'result' });
  });

  const drag = async (amount: number): Promise<void> => {
    edit((doc) => withSettings(doc, { amount }), 'amount');
    await settle(COLLECT_MS / 4);
  };

  it('lets the newest of many changes win and ends a run that takes its time', async () => {
    await openPair();
    await settle(SHORT_RUN_MS);
    for (const amount of [0.9, 0.8, 0.7]) await drag(amount);
    expect(fake.runs).toHaveLength(1);
    await settle(COLLECT_MS);
    expect(fake.runs).toHaveLength(2);
    expect(fake.runs[0]?.signal?.aborted).toBe(true);
    expect(fake.runs[1]?.request.settings.amount).toBe(0.7);
    fake.runs[1]?.finish();
    await settle();
    expect(useRun.getState().phase).toBe('idle');
    studio.undo();
    expect(currentDocument().settings.amount).toBe(1);
  });

  it('shows what a drag does while it goes on: short runs end, and the next one takes the newest value', async () => {
    await openPair();
    fake.runs[0]?.finish();
    await settle();
    const shown = new Set<string | undefined>();
    for (let step = 1; step <= 60; step++) {
      await drag(1 - step / 100);
      // The engine answers each run after two more changes.
      if (step % 6 === 0) fake.runs.at(-1)?.finish();
      await settle();
      shown.add(useRun.getState().result?.swap.result);
    }
    await settle(SHORT_RUN_MS);
    fake.runs.at(-1)?.finish();
    await settle();
    expect(shown.size).toBeGreaterThan(6);
    expect(fake.runs.every(({ signal }) => signal?.aborted === false)).toBe(true);
    // Far fewer runs than changes, and the last one shows the last value.
    expect(fake.runs.length).toBeLessThan(20);
    expect(fake.runs.at(-1)?.request.settings.amount).toBe(0.4);
    expect(useRun.getState()).toMatchObject({ phase: 'idle', result: { of: fingerprint(currentDocument()) } });
  });

  it('ends long runs of a drag once in a while, not with every change', async () => {
    await openPair();
    for (let step = 1; step <= 100; step++) await drag(1 - step / 100);
    // 1.5 seconds of changes: a run may be superseded every half second.
    expect(fake.runs.length).toBeGreaterThanOrEqual(3);
    expect(fake.runs.length).toBeLessThanOrEqual(5);
    expect(fake.runs.filter(({ signal }) => signal?.aborted === false)).toHaveLength(1);
  });

  it('gives a run of a drag about the time that the last one took', async () => {
    await openPair();
    fake.runs[0]?.finish(1000);
    await settle();
    for (let step = 1; step <= 80; step++) await drag(1 - step / 100);
    expect(fake.runs).toHaveLength(2);
    expect(fake.runs[1]?.signal?.aborted).toBe(false);
    for (let step = 1; step <= 40; step++) await drag(step / 100);
    expect(fake.runs[1]?.signal?.aborted).toBe(true);
    expect(fake.runs).toHaveLength(3);
  });

  /** The pair swapped, by an engine that makes drafts. */
  async function openWithDrafts(): Promise<void> {
    fake.hasDrafts = true;
    await openPair();
    fake.runs[0]?.finish(1000);
    await settle();
  }

  it('drags with drafts, and makes the full result once the slider rests', async () => {
    await openWithDrafts();
    expect(fake.runs[0]?.request.draft).toBeUndefined();
    for (let step = 1; step <= 30; step++) {
      await drag(1 - step / 100);
      fake.runs.at(-1)?.finish(100);
      await settle();
    }
    await settle(COLLECT_MS);
    fake.runs.at(-1)?.finish(100);
    await settle();
    const drafts = fake.runs.slice(1);
    expect(drafts.length).toBeGreaterThan(4);
    expect(drafts.every(({ request, signal }) => request.draft === true && !signal?.aborted)).toBe(true);
    // A draft is on screen, and known as one.
    expect(useRun.getState()).toMatchObject({ phase: 'running', result: { swap: { draft: true } }, progress: null });
    expect(useRun.getState().full?.swap.draft).toBe(false);
    await settle(REST_MS - 1);
    expect(fake.runs).toHaveLength(1 + drafts.length);
    await settle(1);
    expect(fake.runs).toHaveLength(2 + drafts.length);
    const full = fake.runs.at(-1);
    expect(full?.request.draft).toBeUndefined();
    expect(full?.request.settings.amount).toBe(0.7);
    full?.finish(900);
    await settle(10 * REST_MS);
    expect(useRun.getState()).toMatchObject({ phase: 'idle', result: { swap: { draft: false } } });
    expect(fake.runs).toHaveLength(2 + drafts.length);
  });

  it('gives up the full result at once when the slider moves again', async () => {
    await openWithDrafts();
    await drag(0.9);
    await settle(COLLECT_MS);
    fake.runs[1]?.finish(100);
    await settle(REST_MS);
    expect(fake.runs[2]?.request.draft).toBeUndefined();
    await drag(0.8);
    await settle(COLLECT_MS);
    expect(fake.runs[2]?.signal?.aborted).toBe(true);
    expect(fake.runs[3]?.request).toMatchObject({ draft: true, settings: { amount: 0.8 } });
  });

  it('makes no drafts for single changes, nor where a full run is as quick', async () => {
    await openWithDrafts();
    edit((doc) => withSettings(doc, { crop: false }));
    await settle(COLLECT_MS);
    expect(fake.runs[1]?.request.draft).toBeUndefined();
    fake.runs[1]?.finish();
    await settle();
    for (const amount of [0.9, 0.8]) {
      await drag(amount);
      await settle(COLLECT_MS);
      fake.runs.at(-1)?.finish(QUICK_MS);
      await settle(REST_MS);
      if (fake.runs.at(-1)?.request.draft === undefined) fake.runs.at(-1)?.finish(QUICK_MS);
      await settle(REST_MS);
    }
    expect(fake.runs.slice(2).map(({ request }) => request.draft)).toEqual([true, undefined, undefined]);
  });

  it('exports a full result, never a draft', async () => {
    await openWithDrafts();
    await drag(0.9);
    await settle(COLLECT_MS);
    fake.runs[1]?.finish(100);
    await settle();
    const saved = studio.results.export('face.png', { format: 'png', quality: 95, metadata: 'strip' });
    await settle();
    expect(fake.exported).toEqual([]);
    expect(fake.runs[2]?.request.draft).toBeUndefined();
    fake.runs[2]?.finish(900);
    await settle();
    expect(await saved).toBe(true);
    expect(fake.exported).toEqual([useRun.getState().full?.swap.result]);
  });

  it('can be cancelled between a draft and its full result', async () => {
    await openWithDrafts();
    await drag(0.9);
    await settle(COLLECT_MS);
    fake.runs[1]?.finish(100);
    await settle();
    await studio.runs.cancel();
    await settle(4 * REST_MS);
    expect(fake.runs).toHaveLength(2);
    expect(useRun.getState()).toMatchObject({ phase: 'idle', result: { swap: { draft: true } } });
  });

  it('does not run by itself when live is off', async () => {
    useRun.setState({ live: false });
    await openPair();
    expect(fake.runs).toHaveLength(0);
    void studio.runs.start();
    await settle();
    expect(fake.runs).toHaveLength(1);
  });

  it('cancels with a message when the engine answers', async () => {
    await openPair();
    const cancelled = studio.runs.cancel();
    await settle();
    await cancelled;
    expect(fake.runs[0]?.signal?.aborted).toBe(true);
    expect(useRun.getState().phase).toBe('idle');
    expect(fake.restarts).toBe(0);
    expect(useUi.getState().messages).toEqual([]);
  });

  it('restarts an engine that does not answer a cancel', async () => {
    await openPair();
    fake.hanging = true;
    const cancelled = studio.runs.cancel();
    await settle(PATIENCE_MS - 1);
    expect(fake.restarts).toBe(0);
    expect(useRun.getState().phase).toBe('stopping');
    await settle(1);
    await cancelled;
    expect(fake.restarts).toBe(1);
    expect(useRun.getState().phase).toBe('idle');
  });

  it('opens everything again after the engine was lost, and repeats the run', async () => {
    await openPair();
    const source = currentDocument().sources[0] ?? null;
    const before = photoOf(source)?.id;
    expect(before).toBeDefined();
    fake.runs[0]?.lose();
    fake.status.push({ state: 'restarting', generation: 1, reason: 'The engine ended.' });
    fake.status.push({ state: 'restarting', generation: 1, reason: 'The engine ended.' });
    await settle();
    expect(useRun.getState().phase).toBe('waiting');
    expect(useUi.getState().messages.map(({ body }) => body)).toEqual(['The engine ended.']);
    fake.status.push({ state: 'ready', generation: 2 });
    await settle();
    const target = currentDocument().target;
    expect(photoOf(target)?.id).not.toBeNull();
    expect(photoOf(source)?.id).not.toBe(before);
    expect(fake.runs).toHaveLength(2);
    fake.runs[1]?.finish();
    await settle();
    expect(useRun.getState().result?.generation).toBe(2);
  });

  it('tries a run that kills the engine once more, not for ever', async () => {
    await openPair();
    for (const generation of [2, 3]) {
      fake.runs.at(-1)?.lose();
      await settle();
      fake.status.push({ state: 'restarting', generation: generation - 1 });
      fake.status.push({ state: 'ready', generation });
      await settle();
    }
    expect(fake.runs).toHaveLength(2);
    expect(useRun.getState().phase).toBe('failed');
    expect(useConnection.getState().phase).toBe('ready');
  });

  it('makes a kept result anew after a restart, so that it can be exported', async () => {
    await openPair();
    fake.runs[0]?.finish();
    await settle();
    fake.status.push({ state: 'restarting', generation: 1 });
    fake.status.push({ state: 'ready', generation: 2 });
    await settle();
    expect(fake.runs).toHaveLength(2);
  });

  it('closes what is no longer used and opens it again for an undo', async () => {
    await openPair();
    const [source] = currentDocument().sources;
    const id = photoOf(source ?? null)?.id;
    if (source) studio.photos.removeSource(source);
    await settle(COLLECT_MS);
    expect(fake.closed).toEqual([id]);
    expect(useRun.getState().phase).toBe('idle');
    studio.undo();
    await settle(COLLECT_MS);
    expect(photoOf(source ?? null)?.id).not.toBeNull();
    expect(fake.runs).toHaveLength(2);
  });

  it('gives a new source to the selected target face', async () => {
    await openPair();
    useEdit.setState({ selectedFace: 1 });
    await studio.files.openFiles([file('second.png')], 'source');
    expect(currentDocument().assignments).toEqual({
      0: { photo: currentDocument().sources[0], face: 0 },
      1: { photo: currentDocument().sources[1], face: 0 },
    });
  });

  it('takes two files dropped on an empty studio as source and target', async () => {
    await studio.files.openFiles([file('one.png'), file('two.png')], null);
    expect(currentDocument().sources).toHaveLength(1);
    expect(photoOf(currentDocument().target)?.name).toBe('two.png');
  });

  it('takes back a setting that the engine refused', async () => {
    const engine = fake.link.engine();
    vi.spyOn(fake.link, 'engine').mockReturnValue({
      ...engine,
      settings: { ...engine.settings, set: () => Promise.reject(new Error('disk full')) as never },
    });
    await studio.preferences.set({ theme: 'dark' });
    expect(useUi.getState().failure?.message).toBe('disk full');
  });
});
