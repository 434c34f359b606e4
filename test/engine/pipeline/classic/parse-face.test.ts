/** Parsing of rendered faces, and of an annotated photograph where one lies beside the checkout. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { FaceAnalyser } from '#engine/face/faces.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { alignFace, faceTransform } from '#engine/pipeline/align-stage.ts';
import type { ClassicFace } from '#engine/pipeline/classic/classic-face.ts';
import { createClassicStages } from '#engine/pipeline/classic/classic-stages.ts';
import { pairContext } from '#engine/pipeline/classic/pair-gate.ts';
import { mergeTable, REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const PHOTOS = path.resolve(ROOT, '../shared/data');
const analyser = new FaceAnalyser({ threads: 1 });
const stages = createClassicStages(analyser);

afterAll(() => analyser[Symbol.asyncDispose]());

async function parsed(file: string, crop = true) {
  const picture = await decodePicture(file);
  const [face] = await analyser.detect(toRgbImage(picture));
  return stages.parse(await alignFace(picture, face!, faceTransform(picture, face!, crop)));
}
const sample = (name: string) => parsed(path.join(ROOT, `models/samples/${name}.webp`));

/** The rules of the warnings about a pair. */
async function warningRules(source: ClassicFace, target: ClassicFace) {
  const driven = await stages.reenact(source, target);
  const exchanged = await stages.exchange(source, target, driven, DEFAULT_SWAP_SETTINGS, []);
  return stages.warnings(source, target, exchanged).map((w) => w.rule);
}

/** Share of the labels in a box of the crop (fractions) that are of a region. */
function shareOf(
  labels: { width: number; labels: Uint8Array },
  region: RegionId,
  [x0, y0, x1, y1]: readonly number[],
): number {
  let found = 0;
  let all = 0;
  for (let y = Math.floor(y0! * labels.width); y < y1! * labels.width; y++) {
    for (let x = Math.floor(x0! * labels.width); x < x1! * labels.width; x++) {
      all++;
      if (labels.labels[y * labels.width + x] === regionIndex(region)) found++;
    }
  }
  return found / all;
}

describe('rendered faces', () => {
  it.each(['ines', 'kofi', 'mei', 'amara'])(
    '%s: skin on the cheeks, hair above, background in the corner, every feature',
    async (name) => {
      const { parse } = await sample(name);
      const map = parse.labels();
      const { aligned } = await sample(name);
      const at = (i: number) =>
        [aligned.landmarks[3 * i]! / aligned.size, aligned.landmarks[3 * i + 1]! / aligned.size] as const;
      for (const cheek of [50, 280]) {
        const [x, y] = at(cheek);
        expect(shareOf(map, 'skin', [x - 0.03, y - 0.03, x + 0.03, y + 0.03])).toBeGreaterThan(0.8);
      }
      // Hair above the eyes, none in the middle of the face.
      expect(shareOf(map, 'hair', [0.1, 0, 0.9, 0.4])).toBeGreaterThan(0.1);
      expect(shareOf(map, 'hair', [0.4, 0.5, 0.6, 0.75])).toBeLessThan(0.1);
      expect(shareOf(map, 'background', [0, 0, 0.06, 0.06])).toBeGreaterThan(0.9);
      for (const region of ['eyes', 'brows', 'nose', 'lips'] as const) {
        expect(shareOf(map, region, [0, 0, 1, 1])).toBeGreaterThan(0.001);
      }
    },
  );

  it('glasses are found on the face that wears them only', async () => {
    const [arjun, ines, kofi] = [await sample('arjun'), await sample('ines'), await sample('kofi')];
    expect(pairContext(arjun, ines).sourceGlasses).toBe(true);
    expect(pairContext(ines, arjun).sourceGlasses).toBe(false);
    expect(pairContext(kofi, arjun).sourceGlasses).toBe(false);
    expect(await warningRules(arjun, ines)).toContain('source-glasses');
    expect(await warningRules(kofi, ines)).not.toContain('source-glasses');
  });
});

/** What a parse without a network reaches on this photograph (intersection over union). */
const REACHED: Partial<Record<RegionId, number>> = {
  hair: 0.76,
  eyes: 0.71,
  lips: 0.83,
  nose: 0.72,
  skin: 0.85,
  mouth: 0.83,
};
const FACE: readonly RegionId[] = ['skin', 'nose', 'brows', 'eyes', 'lips', 'mouth'];

describe.skipIf(!existsSync(path.join(PHOTOS, 'celeba_28083_labels.png')))('an annotated photograph', () => {
  it('overlaps with its annotation', async () => {
    const { parse } = await parsed(path.join(PHOTOS, 'celeba_28083.jpg'), false);
    const { labels, width } = parse.labels();
    const truth = await sharp(path.join(PHOTOS, 'celeba_28083_labels.png')).extractChannel(0).raw().toBuffer();
    expect(width * width).toBe(truth.length);
    const merge = mergeTable('celeba');
    const overlap = (ids: readonly RegionId[]) => {
      const members = new Set(ids.map(regionIndex));
      let both = 0;
      let either = 0;
      for (let i = 0; i < truth.length; i++) {
        const [a, b] = [members.has(merge[truth[i]!]!), members.has(labels[i]!)];
        if (a && b) both++;
        if (a || b) either++;
      }
      return both / either;
    };
    expect(overlap(FACE)).toBeGreaterThan(0.9);
    for (const { id } of REGIONS) {
      const least = REACHED[id];
      if (least !== undefined) expect(overlap([id]), id).toBeGreaterThan(least);
    }
  });
});
