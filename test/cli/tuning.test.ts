import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { encodeRefined, type RefinedFace } from '#engine/pipeline/refined-face.ts';
import { RefinedFolder } from '#engine/pipeline/refined-vectors.ts';
import { photoOptions, type SwapArguments } from '#main/cli/swap/arguments.ts';
import { videoRequest } from '#main/cli/video/request.ts';
import { describeTuning, parseNumber, tuningSettings } from '#main/cli/video/tuning.ts';
import { cli, fakeStudio } from './fake-studio.ts';

describe('the options of tuning', () => {
  it('are off by default and have the defaults of the window', async () => {
    const fields = { ptiSteps: 80, ptiLearningRate: 1e-3, recolorLambda: 5, ptiResume: null };
    expect(await tuningSettings({})).toEqual({ pti: false, ...fields });
    expect(await tuningSettings({ pti: true })).toEqual({ pti: true, ...fields });
    expect(await tuningSettings({ pti: true, ptiSteps: 12, ptiLr: 0.01, recolorLambda: 0 })).toEqual({
      ...{ pti: true, ptiSteps: 12, ptiLearningRate: 0.01, recolorLambda: 0, ptiResume: null },
    });
  });

  it('refuse what does nothing', async () => {
    await expect(tuningSettings({ ptiSteps: 10 })).rejects.toThrow(/--pti-steps is for tuning/);
    await expect(tuningSettings({ pti: true, ptiSteps: 0 })).rejects.toThrow(/only loaded, and none are given/);
    const photo = { target: 'a.jpg', out: 'b.png', pti: true } as unknown as SwapArguments;
    expect(() => photoOptions(photo)).toThrow(UsageError);
    expect(() => photoOptions(photo)).toThrow(/--pti is for videos/);
  });

  it.each([
    ['0.001', 0.001],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['5', 5],
  ])('take %s as a number', (text, value) => {
    expect(parseNumber(0, 10)(text)).toBe(value);
  });

  it.each(['', 'x', '-1', '11', '1e9', 'NaN', '0x1'])('take "%s" for none', (text) => {
    expect(() => parseNumber(0, 10)(text)).toThrow(/from 0 to 10/);
  });
});

describe('progress of a tuning', () => {
  it('has every term of the loss', () => {
    const losses = { loss: 0.5, 'driven.mse': 0.1, 'recolored.lpips': 0.2 };
    const update = { type: 'update', update: 3, frame: 7, losses, stage: 'fine', total: 40 } as const;
    const { label, detail } = describeTuning({ ...update, updatesPerSecond: 0.3333333, secondsLeft: 111.04 });
    expect(label).toBe('Tuning 3/40, loss 0.5000');
    expect(detail).toEqual({
      ...{ tuning: 'update', stage: 'fine', update: 3, total: 40, frame: 7, losses },
      updates_per_second: 0.333,
      seconds_left: 111,
    });
    expect(describeTuning({ type: 'saved', update: 25 }).detail).toEqual({ tuning: 'saved', update: 25 });
    expect(describeTuning({ type: 'prepare', stage: 'coarse', done: 1, total: 13 }).label).toBe(
      'Preparing coarse 1/13',
    );
  });
});

describe('refined faces', () => {
  let home: string;
  const at = (name: string): string => path.join(home, name);
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'e4s-refined-'));
    process.env['E4S_HOME'] = home;
    for (const name of ['source.png', 'target.png'])
      await sharp({ create: { width: 24, height: 16, channels: 3, background: 'red' } }).toFile(at(name));
  });
  afterAll(async () => {
    delete process.env['E4S_HOME'];
    await rm(home, { recursive: true, force: true });
  });
  const swap = (...extra: string[]) => [
    ...['swap', '--source', at('source.png'), '--target', at('target.png'), '--out', at('out.png')],
    ...extra,
  ];
  const face = (target: string): RefinedFace => ({
    identity: { side: 'target', target, source: '', weights: '' },
    vectors: new Float32Array(12 * 1280),
    name: 'anna.jpg',
  });

  it('are listed, removed and cleared', async () => {
    const folder = new RefinedFolder(at('refined'));
    expect((await cli(['tune', 'refined'])).stdout).toBe('No refined faces are kept.\n');
    await folder.write(face('a'));
    await folder.write(face('b'));
    const { faces } = JSON.parse((await cli(['tune', 'refined', '--json'])).stdout);
    expect(faces).toHaveLength(2);
    expect(faces[0]).toMatchObject({ side: 'target', name: 'anna.jpg' });
    expect(await cli(['tune', 'refined', '--remove', faces[0].id])).toMatchObject({ code: 0 });
    expect((await cli(['tune', 'refined', '--clear'])).stdout).toBe('1 removed\nNo refined faces are kept.\n');
    expect(await readdir(at('refined'))).toEqual([]);
    expect(await cli(['tune', 'refined', '--remove', '../x'])).toMatchObject({ code: 3 });
  });

  it('come into a swap from a file, or from the data folder, only when that is asked for', async () => {
    await writeFile(at('fits.safetensors'), encodeRefined(face('')));
    await writeFile(at('other.safetensors'), encodeRefined(face('0123 1 0 0 0 1 0')));
    await writeFile(at('none.safetensors'), 'nothing of the kind');
    const given: RefinedFace[] = [];
    const asked: unknown[] = [];
    const studio = () => {
      const fake = fakeStudio();
      return {
        ...fake,
        giveVectors: (one: RefinedFace) => void given.push(one),
        swap: (...[request, run]: Parameters<typeof fake.swap>) => {
          asked.push(run?.keptVectors);
          return fake.swap(request, run);
        },
      };
    };
    expect(await cli(swap(), { studio: studio() })).toMatchObject({ code: 0 });
    expect(await cli(swap('--refined'), { studio: studio() })).toMatchObject({ code: 0 });
    expect(await cli(swap('--refined-from', at('fits.safetensors')), { studio: studio() })).toMatchObject({ code: 0 });
    expect(asked).toEqual([false, true, false]);
    expect(given.map(({ identity }) => identity)).toEqual([face('').identity]);

    const other = await cli(swap('--refined-from', at('other.safetensors')), { studio: studio() });
    expect(other.code).toBe(3);
    expect(other.stderr).toMatch(/belong to no face of this swap\. They were refined for another target photo\./);
    const none = await cli(swap('--refined-from', at('none.safetensors')), { studio: studio() });
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(/none\.safetensors/);
  });

  it('are refused a place before the work: a photo that goes in, one place for two results, missing packs', async () => {
    const tune = (...args: string[]) => cli(['tune', 'photo', at('source.png'), '--into', at('target.png'), ...args]);
    const before = (await readdir(home)).toSorted();
    for (const place of ['source.png', 'target.png']) {
      const { code, stderr } = await tune('--out', at(place));
      expect(code).toBe(2);
      expect(stderr).toContain('they are never overwritten');
    }
    const twice = await tune('--out', at('new.safetensors'), '--preview', path.join(home, '.', 'new.safetensors'));
    expect(twice).toMatchObject({ code: 2, stdout: '' });
    expect(twice.stderr).toContain('Two results would be written to this file.');
    const packs = await tune('--out', at('new.safetensors'), '--keep');
    expect(packs).toMatchObject({ code: 4, stdout: '' });
    expect(packs.stderr).toContain('Tuning needs packs that are not there: rgi, arcface, ');
    expect((await readdir(home)).toSorted()).toEqual(before);
  });

  it('are for photos', async () => {
    const video = { target: 'clip.mp4', out: 'out.mp4' };
    for (const option of [{ refined: true }, { refinedFrom: ['a'] }])
      await expect(videoRequest({ ...video, ...option } as unknown as SwapArguments)).rejects.toThrow(
        /--refined(-from)? is for photos; the target is a video/,
      );
  });
});
