import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { PICTURES } from '../../scripts/samples/pictures.ts';

const FOLDER = fileURLToPath(new URL('../../models/samples/', import.meta.url));
const LIST = JSON.parse(readFileSync(`${FOLDER}samples.json`, 'utf8')) as {
  id: string;
  file: string;
  title: string;
  seed: number;
}[];

describe('the committed samples', () => {
  test('are listed once each, as the picture table has them', () => {
    expect(LIST).toEqual(PICTURES.map(({ id, title, seed }) => ({ id, file: `${id}.webp`, title, seed })));
    expect(new Set(LIST.map(({ id }) => id)).size).toBe(LIST.length);
    expect(LIST.length).toBeGreaterThanOrEqual(6);
    expect(LIST.length).toBeLessThanOrEqual(8);
  });
  test('are all the pictures in the folder', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'samples.json');
    expect(files.toSorted()).toEqual(LIST.map(({ file }) => file).toSorted());
  });
  test.each(PICTURES)('$id has its size and stays under 250 KB', async ({ id, size }) => {
    const { width, height, format } = await sharp(`${FOLDER}${id}.webp`).metadata();
    expect([width, height, format]).toEqual([...size, 'webp']);
    expect(statSync(`${FOLDER}${id}.webp`).size).toBeLessThanOrEqual(250 * 1024);
  });
});
