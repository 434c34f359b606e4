import { describe, expect, it } from 'vitest';
import type { ByteImage } from '#engine/image/picture.ts';
import {
  cutFace,
  detectorInput,
  enlargeForDetection,
  faceMask,
  fromSigned,
  GPEN_REFERENCE,
  pasteFaces,
  placeFace,
  type RestoredFace,
  toSigned,
} from '#engine/pipeline/rgi/gpen-face.ts';
import { type Point, similarity } from '#engine/pipeline/rgi/similarity.ts';
import { goldenPicture, imageReference, largestDifference } from '#test/support/image-reference.ts';

const flat = (side: number, level: number): ByteImage => ({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(3 * side * side).fill(level),
});
const pairs = (points: readonly (readonly number[])[]) => points.map(([x, y]): Point => [x!, y!]);

describe('the place of a face', () => {
  const reference = imageReference.gpen_alignment;
  const points = pairs(reference.points);

  it('is the original’s, there and back', () => {
    expect(largestDifference(GPEN_REFERENCE.flat(), reference.reference_5pts_512.flat())).toBeLessThan(1e-4);
    const { toFace, toPicture } = placeFace(points);
    expect(largestDifference(toFace, reference.tfm.flat())).toBeLessThan(1e-4);
    expect(largestDifference(toPicture, reference.tfm_inv.flat())).toBeLessThan(1e-4);
    expect(similarity(points, GPEN_REFERENCE).scale).toBeCloseTo(reference.scale, 6);
  });
});

describe('pictures of the networks', () => {
  it('enlarge between pixels and keep even pictures even', () => {
    const large = enlargeForDetection(flat(256, 77), 1024);
    expect([large.width, large.height, large.channels]).toEqual([1024, 1024, 3]);
    expect(new Set(large.data)).toEqual(new Set([77]));
  });

  it('are blue, green and red less their means for the detector', () => {
    const pixel: ByteImage = { width: 1, height: 1, channels: 3, data: Uint8Array.of(200, 100, 50) };
    expect([...detectorInput(pixel)]).toEqual([50 - 104, 100 - 117, 200 - 123]);
  });

  it('survive the way to [-1, 1] and back', () => {
    const picture = goldenPicture('signed', 16, 16, 3);
    expect(fromSigned(toSigned(picture), 16)).toEqual(picture);
    expect([...fromSigned(Float32Array.of(-3, 0, 3), 1).data]).toEqual([0, 128, 255]);
  });
});

describe('faceMask', () => {
  const labels = new Uint8Array(512 * 512).fill(1);
  for (let i = 0; i < 512 * 512; i++) if (i % 512 < 200) labels[i] = [0, 14, 18][Math.floor(i / 512) % 3]!;
  const { data } = faceMask(labels);
  const row = data.subarray(256 * 512, 257 * 512);

  it('is the face, without background, hat and cloth, and fades at its border', () => {
    expect(row[120]).toBeCloseTo(0, 3);
    expect(row[350]).toBeCloseTo(1, 3);
    // Half-way up at the border of the labels; two blurs of 11 pixels are one of 15.6.
    expect((row[199]! + row[200]!) / 2).toBeCloseTo(0.5, 2);
    expect(row[200 + 15]!).toBeCloseTo(0.84, 1);
  });

  it('leaves out the border of the picture', () => {
    // 20 pixels from what is left, seen twice since the border mirrors.
    expect(row[511]).toBeCloseTo(0.2, 1);
    expect(row[512 - 40]).toBeGreaterThan(0.85);
    expect(data[0]).toBe(0);
  });
});

describe('pasteFaces', () => {
  const points = GPEN_REFERENCE.map(([x, y]): Point => [x + 256, y + 256]);
  const face = (level: number, share: number, boxSide = 300): RestoredFace => ({
    found: { box: [300, 300, 300 + boxSide, 300 + boxSide], score: 1, landmarks: points },
    placement: placeFace(points),
    picture: flat(512, level),
    mask: { width: 512, height: 512, data: new Float32Array(512 * 512).fill(share) },
  });
  const enlarged = flat(1024, 10);
  const at = (picture: ByteImage, x: number, y: number) => picture.data[y * 1024 + x];

  it('puts a face where it was cut out', () => {
    const picture = goldenPicture('paste-face', 1024, 1024, 3);
    const cut = cutFace(picture, placeFace(points));
    const back = pasteFaces(enlarged, [{ ...face(0, 1), picture: cut }]);
    expect(at(back, 500, 520)).toBe(picture.data[520 * 1024 + 500]);
    expect(at(back, 100, 100)).toBe(10);
  });

  it('mixes by the mask', () => {
    expect(at(pasteFaces(enlarged, [face(210, 0.25)]), 512, 512)).toBe(60);
    expect(largestDifference(pasteFaces(enlarged, []).data, enlarged.data)).toBe(0);
  });

  it('shows the face with more mask where two overlap', () => {
    const order = [face(210, 0.5), face(110, 0.75), face(250, 0.6)];
    expect(at(pasteFaces(enlarged, order), 512, 512)).toBe(85);
  });

  it('smooths faces of fewer than 100 pixels', () => {
    const striped = flat(512, 0);
    for (let i = 0; i < striped.data.length; i += 2) striped.data[i] = 200;
    const at2 = (boxSide: number) => pasteFaces(enlarged, [{ ...face(0, 1, boxSide), picture: striped }]);
    expect(new Set([at(at2(300), 500, 512), at(at2(300), 501, 512)])).toEqual(new Set([0, 200]));
    expect(at(at2(99), 500, 512)).toBe(100);
  });
});
