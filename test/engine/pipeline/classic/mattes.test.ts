/** Hair behind the outline of a turned face, close to a corner of its mouth. */
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FaceAnalyser } from '#engine/face/faces.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { alignFace, faceTransform } from '#engine/pipeline/align-stage.ts';
import { createClassicStages } from '#engine/pipeline/classic/classic-stages.ts';
import { sourceCover } from '#engine/pipeline/classic/mattes.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../../../models/samples/ines.webp');
/** Vertices at the corners of the mouth, and its middle. */
const CORNERS = { right: 61, left: 291 } as const;
const analyser = new FaceAnalyser({ threads: 1 });
const stages = createClassicStages(analyser);

afterAll(() => analyser[Symbol.asyncDispose]());

it('hair beside one corner of the mouth is covered there, and the other corner is left alone', async () => {
  const picture = await decodePicture(SAMPLE);
  const [face] = await analyser.detect(toRgbImage(picture));
  const sample = await stages.parse(await alignFace(picture, face!, faceTransform(picture, face!, true)));
  const { parse, aligned } = sample;
  const { size } = parse;
  const corner = (v: number) =>
    [0, 1].map((a) => (aligned.landmarks[3 * v + a]! * size) / aligned.size) as [number, number];
  const [[rightX], [leftX, y]] = [corner(CORNERS.right), corner(CORNERS.left)];
  // Hair from close behind the left corner to the edge of the picture, above and below the lips too.
  const reach = 5;
  const behind = (i: number) => i % size > leftX - reach && Math.abs(Math.floor(i / size) - y) < 0.2 * size;
  const changed = {
    ...parse,
    hair: parse.hair.map((h, i) => (behind(i) ? 0.95 : h)),
    skin: parse.skin.map((s, i) => (behind(i) ? 0.05 : s)),
  };
  const at = (cover: Float32Array, x: number) => cover[Math.round(y) * size + Math.round(x)]!;
  const beside = 4;
  const [before, after] = [sourceCover(sample), sourceCover({ ...sample, parse: changed })];
  expect(at(before, leftX + beside)).toBeLessThan(0.1);
  expect(at(after, leftX + beside)).toBeGreaterThan(0.7);
  for (const x of [rightX - beside, rightX, (rightX + leftX) / 2]) expect(at(after, x)).toBeLessThan(0.1);
});
