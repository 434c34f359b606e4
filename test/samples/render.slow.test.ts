import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readCanonicalFace } from '../../scripts/samples/canonical-face.ts';
import { renderPicture } from '../../scripts/samples/picture.ts';
import { PICTURES } from '../../scripts/samples/pictures.ts';

const FOLDER = fileURLToPath(new URL('../../models/samples/', import.meta.url));

/** Mean absolute difference of two byte pictures, 0..255. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;

test('a sample renders to the same bytes twice, and to the committed picture within noise', async () => {
  const face = readCanonicalFace();
  const picture = PICTURES.find(({ id }) => id === 'kofi')!;
  const first = renderPicture(face, picture, 1 / 16);
  expect(renderPicture(face, picture, 1 / 16).data).toEqual(first.data);
  const distances = new Map<string, number>();
  for (const { id, size } of PICTURES) {
    if (size[0] !== picture.size[0]) continue;
    const stored = await sharp(`${FOLDER}${id}.webp`).resize(first.width, first.height).removeAlpha().raw().toBuffer();
    distances.set(id, difference(first.data, stored));
  }
  const own = distances.get('kofi')!;
  // Thin hair and few samples at 1/16 of the size leave a few grey levels.
  expect(own).toBeLessThan(8);
  distances.delete('kofi');
  for (const other of distances.values()) expect(other).toBeGreaterThan(2 * own);
});
