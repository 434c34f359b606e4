/** A face given to itself stays: at every size, under fringes and curls, behind glasses, turned and grey. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { HAS_PHOTOS, PHOTOS } from '../face/pictures.ts';
import { compare, samplesOf, scratchFolder, writeSample } from './pictures.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let studio: PhotoStudio;

beforeAll(async () => {
  scratch = await scratchFolder();
  studio = createPhotoStudio({ threads: 1 });
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

/** Decibels inside the box of each face swapped with itself. */
async function ratiosOf(file: { path: string; name: string }): Promise<number[]> {
  const photo = await studio.open(file, { thorough: false });
  const before = await samplesOf(file.path);
  const ratios: number[] = [];
  for (const [face, { box }] of photo.faces.entries()) {
    const { result } = await studio.swap({
      target: photo.photo,
      assignments: [{ targetFace: face, source: photo.photo, sourceFace: face }],
      settings: DEFAULT_SWAP_SETTINGS,
    });
    const { bytes } = await studio.encodeResult(result, { format: 'png', quality: 95, metadata: 'strip' });
    ratios.push(compare(before, await samplesOf(bytes), box.map(Math.round) as [number, number, number, number]).psnr);
  }
  return ratios;
}

describe('a face given to itself is the same to 45 dB', () => {
  it.each([
    ['mei', 200],
    ['kofi', 320],
    ['walter', 768],
    ['amara', 1024],
  ])('%s, %d pixels wide', async (sample, width) => {
    const ratios = await ratiosOf(await writeSample(scratch.folder, sample, `${sample}.png`, width));
    expect(ratios).toHaveLength(1);
    expect(ratios[0]).toBeGreaterThan(45);
  });

  /** Neither faces of a few pixels, nor a profile, nor no face at all. */
  const photos = HAS_PHOTOS
    ? readdirSync(PHOTOS).filter((name) => /\.(jpg|png)$/.test(name) && !/labels|solvay|profile|rocket/.test(name))
    : [];
  it.skipIf(photos.length === 0).each(photos)('%s', async (name) => {
    const ratios = await ratiosOf({ path: path.join(PHOTOS, name), name });
    expect(ratios.length).toBeGreaterThan(0);
    expect(Math.min(...ratios)).toBeGreaterThan(45);
  });
});
