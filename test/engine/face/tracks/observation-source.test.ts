import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANDMARKS } from '#engine/face/mesh.ts';
import { INITIAL_STATE } from '#engine/face/tracks/observation.ts';
import { encodeObservations } from '#engine/face/tracks/observation-codec.ts';
import { observationsInFiles } from '#engine/face/tracks/observation-source.ts';
import { SIGNATURE_LENGTH } from '#engine/face/tracks/signature.ts';

const FACE = {
  score: 1,
  presence: 1,
  sharpness: 1,
  signature: new Int8Array(SIGNATURE_LENGTH),
  landmarks: new Float32Array(3 * LANDMARKS),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-observations-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function chunk(name: string, from: number, to: number, stretch?: number): Promise<string> {
  const observations = Array.from({ length: to - from }, (_, i) => ({
    index: from + i,
    width: 10 + from + i,
    height: 10,
    cut: false,
    faces: stretch === undefined ? [] : [{ ...FACE, stretch }],
  }));
  const file = path.join(folder, name);
  await writeFile(file, encodeObservations({ observations, state: INITIAL_STATE }));
  return file;
}

describe('observationsInFiles', () => {
  it('finds every frame in its chunk, in any order', async () => {
    const pieces = [];
    for (let i = 0; i < 6; i++) {
      const [first, end] = [7 * i, 7 * i + 7];
      pieces.push({ file: await chunk(`${i}`, first, end), run: 0, first, end });
    }
    const source = observationsInFiles(pieces);
    expect(source.frames).toBe(42);
    for (const frame of [0, 41, 6, 7, 13, 20, 0, 35, 34]) {
      expect(source.at(frame)).toMatchObject({ index: frame, width: 10 + frame });
    }
  });

  it('refuses a gap and a damaged file', async () => {
    const first = { file: await chunk('a', 0, 3), run: 0, first: 0, end: 3 };
    const gap = { file: await chunk('b', 4, 5), run: 0, first: 4, end: 5 };
    expect(() => observationsInFiles([first, gap])).toThrow(/does not follow/);
    expect(() => observationsInFiles([{ ...first, end: 4 }, gap])).toThrow(/does not follow/);
    await writeFile(gap.file, 'not a record of faces at all');
    expect(() => observationsInFiles([first, { ...gap, first: 3, end: 4 }])).toThrow(/damaged/);
  });

  it('takes parts of chunks, counts from the first frame, and keeps the stretches of two runs apart', async () => {
    const source = observationsInFiles([
      { file: await chunk('c', 0, 9, 5), run: 0, first: 6, end: 9 },
      { file: await chunk('d', 8, 20, 5), run: 8, first: 9, end: 12 },
    ]);
    expect(source.frames).toBe(6);
    const seen = [0, 1, 2, 3, 4, 5].map((frame) => source.at(frame));
    expect(seen.map(({ index, width }) => [index, width])).toEqual([0, 1, 2, 3, 4, 5].map((i) => [i, 16 + i]));
    const stretches = seen.map(({ faces }) => faces[0]?.stretch);
    expect(stretches.slice(0, 3)).toEqual([stretches[0], stretches[0], stretches[0]]);
    expect(stretches.slice(3)).toEqual([stretches[3], stretches[3], stretches[3]]);
    expect(stretches[3]).not.toBe(stretches[0]);
  });
});
