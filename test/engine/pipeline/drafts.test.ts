/** Drafts: sooner, less fine, the same picture in all that matters, and never taken for a result. */
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { PhotoInfo, SwapRequest } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { compare, type Samples, samplesOf, scratchFolder, writeSample } from './pictures.ts';

const PNG = { format: 'png', quality: 95, metadata: 'strip' } as const;

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let studio: PhotoStudio;
let large: { source: PhotoInfo; target: PhotoInfo };

beforeAll(async () => {
  scratch = await scratchFolder();
  studio = createPhotoStudio({ threads: 1 });
  large = { source: await open(studio, 'ines', 1024), target: await open(studio, 'kofi', 1024) };
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

const open = async (where: PhotoStudio, sample: string, width: number): Promise<PhotoInfo> =>
  where.open(await writeSample(scratch.folder, sample, `${sample}-${width}.png`, width), { thorough: false });

const request = (
  { source, target }: typeof large,
  change: Partial<SwapSettings>,
  draft: boolean | undefined,
): SwapRequest => ({
  target: target.photo,
  assignments: [{ targetFace: 0, source: source.photo, sourceFace: 0 }],
  settings: { ...DEFAULT_SWAP_SETTINGS, engine: 'classic', ...change },
  draft,
});

const seen = async (result: Parameters<PhotoStudio['viewResult']>[0]): Promise<Samples> =>
  samplesOf((await studio.viewResult(result, 1024)).bytes);

describe('a draft', () => {
  it.each<[string, Partial<SwapSettings>]>([
    ['the defaults', {}],
    ['half the amount', { amount: 0.5 }],
    [
      'a nose of its own',
      {
        regions: { ...DEFAULT_SWAP_SETTINGS.regions, nose: { ...DEFAULT_SWAP_SETTINGS.regions.nose, shape: false } },
      },
    ],
  ])('looks like the full result with %s', async (_, change) => {
    const draft = await studio.swap(request(large, change, true));
    const full = await studio.swap(request(large, change, undefined));
    expect([draft.draft, full.draft]).toEqual([true, false]);
    expect([draft.width, draft.height]).toEqual([full.width, full.height]);
    expect(draft.faces[0]?.warnings).toEqual(full.faces[0]?.warnings);
    const box = large.target.faces[0]!.box.map(Math.round) as [number, number, number, number];
    const [ofDraft, ofFull] = [await seen(draft.result), await seen(full.result)];
    const ofTarget = await samplesOf((await studio.view(large.target.photo, 1024)).bytes);
    const near = compare(ofDraft, ofFull, box).psnr;
    const changed = compare(ofTarget, ofFull, box).psnr;
    expect(near).toBeGreaterThan(31);
    expect(near).toBeGreaterThan(changed + 6);
  });

  it.each([
    ['in colour', (image: Sharp) => image],
    ['grey', (image: Sharp) => image.greyscale().toColourspace('b-w')],
    ['with 16 bits and alpha', (image: Sharp) => image.ensureAlpha(0.8).toColourspace('rgb16')],
  ])('of a large photo %s is made at the size of a window, and lies where the result lies', async (name, edit) => {
    const file = await writeSample(scratch.folder, 'kofi', `large ${name}.png`, 2400, edit);
    const target = await studio.open(file, { thorough: false });
    const pair = { ...large, target };
    const draft = await studio.swap(request(pair, {}, true));
    const full = await studio.swap(request(pair, {}, undefined));
    expect([draft.width, draft.height]).toEqual([2400, 3000]);
    const view = await studio.viewResult(draft.result, 4000);
    expect(view.height).toBe(1536);
    for (const [i, at] of draft.faces[0]!.touched.entries()) {
      expect(Math.abs(at - full.faces[0]!.touched[i]!)).toBeLessThan(48);
    }
    const [ofDraft, ofFull] = [await seen(draft.result), await seen(full.result)];
    const scale = ofDraft.height / 3000;
    const box = target.faces[0]!.box.map((v) => Math.round(v * scale)) as [number, number, number, number];
    const { psnr } = compare(ofDraft, ofFull, box);
    expect(psnr).toBeGreaterThan(31);
    studio.close(target.photo);
  });

  it('is not exported', async () => {
    const draft = await studio.swap(request(large, {}, true));
    await expect(studio.encodeResult(draft.result, PNG)).rejects.toThrow(UsageError);
  });

  it('with amount 0 leaves the picture', async () => {
    const { result } = await studio.swap(request(large, { amount: 0 }, true));
    const before = await studio.view(large.target.photo, 1024);
    expect(Buffer.compare((await studio.viewResult(result, 1024)).bytes, before.bytes)).toBe(0);
  });

  it('changes no bit of the full result that follows', async () => {
    await studio.swap(request(large, { amount: 0.7 }, true));
    const after = await studio.swap(request(large, { amount: 0.7 }, undefined));
    await using fresh = createPhotoStudio({ threads: 1 });
    const pair = { source: await open(fresh, 'ines', 1024), target: await open(fresh, 'kofi', 1024) };
    const alone = await fresh.swap(request(pair, { amount: 0.7 }, undefined));
    const bytes = [await studio.encodeResult(after.result, PNG), await fresh.encodeResult(alone.result, PNG)] as const;
    expect(Buffer.compare(bytes[0].bytes, bytes[1].bytes)).toBe(0);
  });

  it('of a face in a small crop is the full result, and shares its cache', async () => {
    const small = { source: large.source, target: await open(studio, 'mei', 400) };
    const full = await studio.swap(request(small, {}, undefined));
    const asked = await studio.swap(request(small, {}, true));
    expect([full.draft, asked.draft]).toEqual([false, false]);
    expect(asked.times.filter(({ cached }) => !cached).map(({ stage }) => stage)).toEqual(['paste']);
    await expect(studio.encodeResult(asked.result, PNG)).resolves.toBeDefined();
  });
});
