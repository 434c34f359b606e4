import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { readCanonicalFace } from './canonical-face.ts';
import { renderPicture } from './picture.ts';
import { PICTURES } from './pictures.ts';

/** Renders the pictures named by `ids` (all when empty) at `scale` into `folder`, and their list `samples.json`. */
export async function renderSamples(folder: string, ids: readonly string[], scale: number): Promise<void> {
  const face = readCanonicalFace();
  await mkdir(folder, { recursive: true });
  for (const picture of PICTURES.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
    const { data, width, height } = renderPicture(face, picture, scale);
    const file = `${picture.id}.webp`;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .webp({ quality: 90, effort: 5 })
      .toFile(join(folder, file));
    console.log(`${file} ${width}x${height}`);
  }
  const list = PICTURES.map(({ id, title, seed }) => ({ id, file: `${id}.webp`, title, seed }));
  await writeFile(join(folder, 'samples.json'), `${JSON.stringify(list, null, 2)}\n`);
}
