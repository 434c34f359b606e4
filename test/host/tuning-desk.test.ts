import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TuningDesk } from '#engine/host/tuning-desk.ts';
import type { TuningFrame, TuningFrames } from '#engine/tuning/tuning-frames.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import type { TuningWatchEvent } from '#shared/contract-tuning.ts';
import { jobIdSchema } from '#shared/jobs.ts';
import { runSmallTuning, smallShapes } from '../support/small-tuning.ts';

const ID = jobIdSchema.parse('job_00000001');
const CLIP_FRAMES = [10, 12, 15, 19];

let jobs: string;
let folder: string;
beforeEach(async () => {
  jobs = await mkdtemp(path.join(os.tmpdir(), 'e4s-desk-'));
  folder = path.join(jobs, ID, 'tuning');
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(jobs, { recursive: true, force: true }));

/** A picture of one brightness, 8 pixels a side. */
const even = (value: number) => ({ dims: [1, 3, 8, 8], data: new Float32Array(192).fill(value) });
/** Frames whose driven face tells their number. */
const frames: TuningFrames = {
  count: CLIP_FRAMES.length,
  read: async (index) => ({ driven: even(index / 4), recolored: even(-1) }) as unknown as TuningFrame,
};
const subject = { frames, clipFrames: CLIP_FRAMES };

const update = (number: number, frame: number): TuningEvent => ({
  type: 'update',
  stage: 'fine',
  total: 40,
  updatesPerSecond: 2,
  secondsLeft: 20 - number / 2,
  update: number,
  frame,
  losses: { loss: 1 / number, 'driven.lpips': 0.5 / number },
});

async function listen(desk: TuningDesk) {
  const heard: TuningWatchEvent[] = [];
  const off = await desk.watch(ID, (event) => heard.push(event));
  return { heard, off, last: () => heard.at(-1) as TuningWatchEvent };
}

const infoOf = async (desk: TuningDesk) => (await listen(desk)).last().info;

describe('a tuning that runs', () => {
  it('is told to whoever listens, with frames as the clip counts them', async () => {
    const desk = new TuningDesk(jobs);
    const early = await listen(desk);
    expect(early.last()).toMatchObject({ type: 'all', info: { running: false, updates: 0 }, records: [] });
    const seat = await desk.begin(ID, subject);
    expect(early.last()).toMatchObject({ type: 'all', info: { running: true, frames: CLIP_FRAMES } });
    seat.tell({ type: 'prepare', stage: 'coarse', done: 1, total: 3 });
    expect(early.last().info).toMatchObject({ stage: 'coarse', preparing: { done: 1, total: 3 } });
    seat.tell(update(1, 2));
    expect(early.last()).toMatchObject({
      type: 'more',
      info: { updates: 1, total: 40, updatesPerSecond: 2, secondsLeft: 19.5, preparing: null, stage: 'fine' },
      records: [{ update: 1, frame: 15, losses: { 'driven.lpips': 0.5 } }],
    });
    seat.tell({ type: 'saved', update: 1 });
    expect(early.last().info.saved).toBe(1);

    const late = await listen(desk);
    expect(late.last()).toMatchObject({ type: 'all', info: { updates: 1 }, records: [{ update: 1, frame: 15 }] });
    late.off();
    seat.tell(update(2, 0));
    expect(late.heard).toHaveLength(1);
    expect(early.last().records).toHaveLength(1);
    await seat[Symbol.asyncDispose]();
    expect(early.last()).toMatchObject({ type: 'all', info: { running: false } });
  });

  it('shows the frame that is looked at, beside its targets', async () => {
    const desk = new TuningDesk(jobs);
    expect(desk.look(ID, 15)).toBe(false);
    const seat = await desk.begin(ID, subject);
    expect(seat.watchedFrame()).toBeUndefined();
    expect(desk.look(ID, 16)).toBe(true);
    expect(seat.watchedFrame()).toBe(2);
    await expect(desk.picture(ID, 'driven', 64)).rejects.toThrow('no picture');
    seat.tell({ type: 'preview', update: 7, frame: 2, losses: { loss: 1 }, reconstruction: even(1) });
    await seat[Symbol.asyncDispose]();
    expect((await infoOf(desk)).picture).toEqual({ frame: 15, update: 7 });
    const brightness = async (which: 'reconstruction' | 'driven' | 'recolored') => {
      const { bytes } = await desk.picture(ID, which, 64);
      return (await sharp(bytes).stats()).channels[0]?.mean ?? -1;
    };
    expect(await brightness('reconstruction')).toBeCloseTo(255, 0);
    expect(await brightness('driven')).toBeCloseTo(191, -1);
    expect(await brightness('recolored')).toBeCloseTo(0, 0);
  });

  it('ends with what there is when that is asked for, and only then', async () => {
    const desk = new TuningDesk(jobs);
    expect(() => desk.finishNow(ID)).toThrow('not being tuned');
    const seat = await desk.begin(ID, subject);
    expect(seat.wish()).toBeUndefined();
    expect(desk.finishNow(ID).finishing).toBe(true);
    expect(seat.wish()).toBe('finish');
    await seat[Symbol.asyncDispose]();
    expect((await infoOf(desk)).finishing).toBe(false);
  });

  it('tells what its pictures could not be written for', async () => {
    const desk = new TuningDesk(jobs);
    const broken = { count: 4, read: () => Promise.reject(new Error('the frame is gone')) };
    const seat = await desk.begin(ID, { frames: broken, clipFrames: CLIP_FRAMES });
    seat.tell({ type: 'preview', update: 1, frame: 0, losses: {}, reconstruction: even(0) });
    await expect(seat[Symbol.asyncDispose]()).rejects.toThrow('the frame is gone');
    expect((await infoOf(desk)).running).toBe(false);
  });
});

describe('a real tuning', () => {
  async function tune(desk: TuningDesk, ended: 'whole' | 'early'): Promise<void> {
    const seat = await desk.begin(ID, subject);
    try {
      await runSmallTuning({
        place: folder,
        passes: 6,
        wish: () => seat.wish(),
        onEvent: (event) => {
          seat.tell(event);
          if (ended === 'early' && event.type === 'update' && event.update === 5) desk.finishNow(ID);
        },
      });
    } finally {
      await seat[Symbol.asyncDispose]();
    }
  }

  it('is still there for another process, with all its losses and weights to save', async () => {
    await tune(new TuningDesk(jobs), 'whole');
    const desk = new TuningDesk(jobs);
    const { last } = await listen(desk);
    const { info, records } = last();
    expect(info).toMatchObject({ running: false, tuned: { ended: 'done' }, frames: CLIP_FRAMES });
    expect(records).toHaveLength(info.updates);
    for (const { frame } of records) expect(CLIP_FRAMES).toContain(frame);
    const to = path.join(jobs, 'out.safetensors');
    const { bytes, updates } = await desk.export(ID, to);
    expect(updates).toBe(info.updates);
    expect((await readFile(to)).length).toBe(bytes);
    expect(bytes).toBeGreaterThan(4 * 64 * 32);
    expect(smallShapes.size).toBe(1);
  });

  it('that was ended early says so', async () => {
    const desk = new TuningDesk(jobs);
    await tune(desk, 'early');
    expect((await infoOf(desk)).tuned).toEqual({ updates: 5, ended: 'stopped' });
  });

  it('has no weights to save before it is over', async () => {
    await expect(new TuningDesk(jobs).export(ID, path.join(jobs, 'out.safetensors'))).rejects.toThrow(
      'no tuned weights',
    );
  });
});
