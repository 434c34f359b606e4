/** `e4s swap --from`: regions of one face from several photos. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';
import { cli, type FakeOptions, face, fakeStudio } from './fake-studio.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-sources-'));
  for (const [name, background] of [
    ['anna.png', 'red'],
    ['ben.png', 'green'],
    ['carl.png', 'white'],
    ['target.png', 'blue'],
  ] as const) {
    await sharp({ create: { width: 24, height: 16, channels: 3, background } }).toFile(at(name));
  }
});
afterEach(() => rm(folder, { recursive: true }));

async function swap(extra: readonly string[], options: FakeOptions = {}) {
  const studio = fakeStudio(options);
  const fixed = ['--source', at('anna.png'), '--target', at('target.png'), '--out', at('out.png')];
  const run = await cli(['swap', ...fixed, ...extra], { studio });
  return { run, request: studio.requests[0] };
}

describe('--from', () => {
  test('names further photos, their largest faces and regions', async () => {
    const { run, request } = await swap(['--from', `eyes,brows=${at('ben.png')}`, '--from', `hair=${at('carl.png')}`], {
      faces: { 'carl.png': [face(0, 10), face(1, 20)] },
    });
    expect(run.code).toBe(0);
    const [assignment] = request!.assignments;
    expect(assignment!.others).toEqual([
      { source: expect.stringMatching(/^photo_/), sourceFace: 0, regions: ['eyes', 'brows'] },
      { source: expect.stringMatching(/^photo_/), sourceFace: 1, regions: ['hair'] },
    ]);
    const photos = [request!.target, assignment!.source, ...assignment!.others!.map(({ source }) => source)];
    expect(new Set(photos).size).toBe(4);
  });

  test('switches its regions on, with their amounts, and leaves the others as they are', async () => {
    const { request } = await swap(['--from', `hair:0.5=${at('ben.png')}`]);
    expect(request!.settings.regions).toEqual({
      ...DEFAULT_REGION_SWITCHES,
      hair: { texture: true, shape: true, amount: 0.5 },
    });
  });

  test('adds to --regions, but --texture and --shape have the last word', async () => {
    const on = async (...extra: string[]) => {
      const { request } = await swap(['--from', `hair=${at('ben.png')}`, ...extra]);
      const { nose, hair } = request!.settings.regions;
      return [nose.texture, nose.shape, hair.texture, hair.shape];
    };
    expect(await on('--regions', 'nose')).toEqual([true, true, true, true]);
    expect(await on('--regions', 'none')).toEqual([false, false, true, true]);
    expect(await on('--texture', 'nose,hair', '--shape', 'none')).toEqual([true, false, true, false]);
  });

  test.each([
    ['eyes', /as in eyes,brows=ben\.jpg/],
    ['=ben.png', /as in eyes,brows=ben\.jpg/],
    ['none=ben.png', /as in eyes,brows=ben\.jpg/],
    ['chin=ben.png', /no region "chin"/],
    ['eyes,eyes=ben.png', /region eyes has two photos/],
  ])('refuses %s', async (text, message) => {
    const { run } = await swap(['--from', text]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
  });

  test('refuses a region of two photos, a photo without a face, and to overwrite a photo', async () => {
    const twice = await swap(['--from', 'eyes=b.png', '--from', 'nose,eyes=c.png']);
    expect([twice.run.code, twice.run.stderr]).toEqual([2, expect.stringMatching(/region eyes has two photos/)]);
    const nobody = await swap(['--from', `eyes=${at('ben.png')}`], { faces: { 'ben.png': [] } });
    expect([nobody.run.code, nobody.run.stderr]).toEqual([5, expect.stringMatching(/ben\.png/)]);
    const same = await swap(['--from', `eyes=${at('ben.png')}`, '--out', at('ben.png')]);
    expect([same.run.code, same.run.stderr]).toEqual([2, expect.stringMatching(/never overwritten/)]);
  });
});
