/** A face given to itself stays: at every size, under fringes and curls, behind glasses, turned and grey. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTS } from '#engine/face/mesh.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import { contourPoints } from '#engine/pipeline/classic/contours.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { PhotoId } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { HAS_PHOTOS, PHOTOS } from '../face/pictures.ts';
import { compare, compareWhere, type Samples, samplesOf, scratchFolder, writeSample } from './pictures.ts';

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

/** Decibels inside the box and inside the oval of each face swapped with itself. */
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
    const after = await samplesOf(bytes);
    const oval = await ovalOf(photo.photo, face, before);
    ratios.push(
      compare(before, after, box.map(Math.round) as [number, number, number, number]).psnr,
      compareWhere(before, after, oval),
    );
  }
  return ratios;
}

/** Where the mesh's outline of a face lies. */
async function ovalOf(photo: PhotoId, face: number, { width, height }: Samples): Promise<Float32Array> {
  const landmarks = await studio.denseLandmarks(photo, face);
  return fillPolygon(contourPoints(landmarks, PARTS.oval), width, height);
}

describe('a face given to itself is the same to 45 dB', () => {
  it.each([
    ['mei', 200],
    ['kofi', 320],
    ['walter', 768],
    ['amara', 1024],
  ])('%s, %d pixels wide', async (sample, width) => {
    const ratios = await ratiosOf(await writeSample(scratch.folder, sample, `${sample}.png`, width));
    expect(ratios).toHaveLength(2);
    expect(Math.min(...ratios)).toBeGreaterThan(45);
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
