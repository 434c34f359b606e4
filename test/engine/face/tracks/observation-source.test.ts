import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INITIAL_STATE } from '#engine/face/tracks/observation.ts';
import { encodeObservations } from '#engine/face/tracks/observation-codec.ts';
import { observationsInFiles } from '#engine/face/tracks/observation-source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-observations-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function chunk(name: string, from: number, to: number): Promise<string> {
  const observations = Array.from({ length: to - from }, (_, i) => ({
    index: from + i,
    width: 10 + from + i,
    height: 10,
    cut: false,
    faces: [],
  }));
  const file = path.join(folder, name);
  await writeFile(file, encodeObservations({ observations, state: INITIAL_STATE }));
  return file;
}

describe('observationsInFiles', () => {
  it('finds every frame in its chunk, in any order', async () => {
    const files = [];
    for (let i = 0; i < 6; i++) files.push(await chunk(`${i}`, 7 * i, 7 * i + 7));
    const source = observationsInFiles(files);
    expect(source.frames).toBe(42);
    for (const frame of [0, 41, 6, 7, 13, 20, 0, 35, 34]) {
      expect(source.at(frame)).toMatchObject({ index: frame, width: 10 + frame });
    }
  });

  it('refuses a gap and a damaged file', async () => {
    const [first, gap] = [await chunk('a', 0, 3), await chunk('b', 4, 5)];
    expect(() => observationsInFiles([first, gap])).toThrow(/does not follow/);
    await writeFile(gap, 'not a record of faces at all');
    expect(() => observationsInFiles([first, gap])).toThrow(/damaged/);
  });
});
