/** Pictures for tests of face analysis. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '#engine/image/picture.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Photographs that lie beside some checkouts; tests that need them are skipped elsewhere. */
export const PHOTOS = path.resolve(ROOT, '../shared/data');
export const HAS_PHOTOS = existsSync(PHOTOS);
const SAMPLES = path.join(ROOT, 'models/samples');

/** The rendered sample portraits, paths relative to the repository; empty when none were made. */
export const SAMPLE_FILES = existsSync(SAMPLES)
  ? readdirSync(SAMPLES)
      .filter((name) => /\.(jpe?g|png|webp)$/.test(name))
      .map((name) => `models/samples/${name}`)
  : [];

export const bytesOf = (file: string): Buffer => readFileSync(path.resolve(ROOT, file));

/** Decodes a picture, path relative to the repository. */
export async function loadPicture(file: string): Promise<RgbImage> {
  const { data, info } = await sharp(bytesOf(file)).rotate().removeAlpha().toColourspace('srgb').raw().toBuffer({
    resolveWithObject: true,
  });
  const pixels = info.width * info.height;
  const planes = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) {
      planes[c * pixels + i] = data[info.channels * i + Math.min(c, info.channels - 1)]! / 255;
    }
  }
  return { width: info.width, height: info.height, data: planes };
}
