import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { CancelledError, MissingPackError } from '#engine/errors.ts';
import { type DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import { setModelsFolder } from '#engine/face/models/location.ts';
import { type Affine, applyAffine } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { warpAffine } from '#engine/image/warp.ts';
import reference from '#test/reference/face/mediapipe-landmarks.json' with { type: 'json' };
import { bytesOf, HAS_PHOTOS, loadPicture, SAMPLE_FILES } from './pictures.ts';

const analyser = new FaceAnalyser({ threads: 2 });
afterAll(() => analyser[Symbol.asyncDispose]());

/** Mean distance of all landmarks, in shares of the width of the first face. */
function landmarkDistance(face: DetectedFace, landmarks: (i: number) => readonly [number, number]): number {
  let sum = 0;
  for (let i = 0; i < 478; i++) {
    const [x, y] = landmarks(i);
    sum += Math.hypot(face.landmarks[3 * i]! - x, face.landmarks[3 * i + 1]! - y);
  }
  return sum / 478 / face.box[2];
}

/** The picture turned clockwise and resized about its middle, with the map from the new picture to the old one. */
function turned(image: RgbImage, degrees: number, scale: number): { picture: RgbImage; toOriginal: Affine } {
  const side = Math.ceil(Math.hypot(image.width, image.height) * scale);
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians) / scale, Math.sin(radians) / scale];
  const half = side / 2;
  const toOriginal: Affine = [
    cos,
    sin,
    image.width / 2 - (cos + sin) * half,
    -sin,
    cos,
    image.height / 2 - (cos - sin) * half,
  ];
  return { picture: warpAffine(image, toOriginal, side, side), toOriginal };
}

/** The landmarks found in a turned picture, carried back, against those of the original. */
async function turnedDistance(image: RgbImage, face: DetectedFace, degrees: number, scale: number): Promise<number> {
  const { picture, toOriginal } = turned(image, degrees, scale);
  const faces = await analyser.detect(picture);
  expect(faces, `turned by ${degrees}`).toHaveLength(1);
  const roll = (faces[0]!.pose.roll - face.pose.roll - degrees + 900) % 360;
  expect(Math.abs(roll - 180), `roll after ${degrees}`).toBeLessThan(2.5);
  expect(Math.abs(faces[0]!.pose.yaw - face.pose.yaw)).toBeLessThan(4);
  return landmarkDistance(face, (i) =>
    applyAffine(toOriginal, faces[0]!.landmarks[3 * i]!, faces[0]!.landmarks[3 * i + 1]!),
  );
}

/** Samples show one face, but for these. */
const FACES_OF_SAMPLE: Readonly<Record<string, number>> = { 'models/samples/together.webp': 2 };

describe.skipIf(SAMPLE_FILES.length === 0)('rendered portraits', () => {
  it.each(SAMPLE_FILES)('%s shows as many faces as it should', async (file) => {
    const image = await loadPicture(file);
    for (const thorough of [false, true]) {
      const faces = await analyser.detect(image, { thorough });
      expect(faces, `thorough: ${thorough}`).toHaveLength(FACES_OF_SAMPLE[file] ?? 1);
      for (const face of faces) {
        expect(face.presence).toBeGreaterThan(0.95);
        expect(face.disagreement).toBeLessThan(0.6);
        expect(Math.abs(face.pose.yaw)).toBeLessThan(40);
        expect(face.landmarks).toHaveLength(3 * 478);
        expect(face.landmarks68).toHaveLength(2 * 68);
      }
    }
  });

  it('follows a picture that is turned and resized', async () => {
    const image = await loadPicture(SAMPLE_FILES[0]!);
    const [face] = (await analyser.detect(image)) as [DetectedFace];
    for (const [degrees, scale] of [
      [17, 0.8],
      [-35, 0.6],
      [90, 1],
      [180, 0.5],
      [270, 0.4],
    ] as const) {
      expect(await turnedDistance(image, face, degrees, scale), `${degrees} degrees`).toBeLessThan(0.01);
    }
  });

  it('is deterministic', async () => {
    const image = await loadPicture(SAMPLE_FILES[0]!);
    expect(await analyser.detect(image)).toEqual(await analyser.detect(image));
  });

  it('stops when it is told to', async () => {
    const image = await loadPicture(SAMPLE_FILES[0]!);
    await expect(analyser.detect(image, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });
});

describe('pictures without faces', () => {
  it.each<[string, (x: number, y: number) => number]>([
    ['black', () => 0],
    ['a gradient', (x, y) => (x + y) / 800],
    ['stripes', (x, y) => ((x >> 3) + (y >> 4)) & 1],
    ['noise', (x, y) => (Math.imul(x * 7919 + y * 104729, 2654435761) >>> 0) / 2 ** 32],
  ])('%s', async (_name, value) => {
    const [width, height] = [520, 300];
    const data = Float32Array.from({ length: 3 * width * height }, (_, i) =>
      value(i % width, Math.floor(i / width) % height),
    );
    expect(await analyser.detect({ width, height, data }, { thorough: true })).toEqual([]);
  });

  it('of a few pixels', async () => {
    expect(await analyser.detect({ width: 1, height: 1, data: Float32Array.of(0.2, 0.4, 0.6) })).toEqual([]);
    expect(await analyser.detect({ width: 3, height: 200, data: new Float32Array(1800) })).toEqual([]);
  });
});

describe('FaceAnalyser', () => {
  it('can be asked again after the models were missing, and closed either way', async () => {
    const image = { width: 64, height: 64, data: new Float32Array(3 * 64 * 64) };
    await using fresh = new FaceAnalyser({ threads: 1 });
    setModelsFolder('/nowhere');
    try {
      await expect(fresh.detect(image)).rejects.toThrow(MissingPackError);
    } finally {
      setModelsFolder(undefined);
    }
    expect(await fresh.detect(image)).toEqual([]);
    await using _neverOpened = new FaceAnalyser();
  });
});

/** Landmarks that MediaPipe's own runtime found; it looks once from another detector's box, so they differ a little. */
describe('against MediaPipe', () => {
  for (const { file, sha256, landmarks } of reference.faces) {
    const applies = (): boolean => {
      try {
        return createHash('sha256').update(bytesOf(file)).digest('hex') === sha256;
      } catch {
        return false;
      }
    };
    it.skipIf(!applies())(file, async () => {
      const [face] = await analyser.detect(await loadPicture(file));
      expect(landmarkDistance(face!, (i) => [landmarks[2 * i]!, landmarks[2 * i + 1]!])).toBeLessThan(0.01);
    });
  }
});

describe.skipIf(!HAS_PHOTOS)('photographs', () => {
  const photo = (name: string) => loadPicture(`../shared/data/${name}`);

  it.each([
    'astronaut_collins.png',
    'celeba_28083.jpg',
    'johnson_gray_large.jpg',
    'lowres_portrait.jpg',
    'man_elderly.jpg',
    'man_glasses_beard.jpg',
    'man_laughing_beard.jpg',
    'woman_curly_hair.jpg',
    'woman_hair_across_face.jpg',
    'woman_profile.jpg',
    'woman_sunglasses.jpg',
  ])('%s shows one face', async (name) => {
    expect(await analyser.detect(await photo(name))).toHaveLength(1);
  });

  it.each(['celeba_28083.jpg', 'man_elderly.jpg', 'woman_profile.jpg'])('%s shows one, thorough', async (name) => {
    expect(await analyser.detect(await photo(name), { thorough: true })).toHaveLength(1);
  });

  it('finds the man who lies on his side', async () => {
    const faces = await analyser.detect(await photo('rotated90_man.jpg'));
    expect(faces).toHaveLength(1);
    expect(faces[0]!.pose.roll).toBeGreaterThan(-100);
    expect(faces[0]!.pose.roll).toBeLessThan(-80);
  });

  it.each([false, true])('finds nothing in the rocket, thorough: %s', async (thorough) => {
    expect(await analyser.detect(await photo('no_face_rocket.jpg'), { thorough })).toEqual([]);
  });

  it.each([false, true])('finds two people, the larger first, thorough: %s', async (thorough) => {
    const faces = await analyser.detect(await photo('two_people_composite.jpg'), { thorough });
    expect(faces).toHaveLength(2);
    expect(faces[0]!.box[0]).toBeGreaterThan(faces[1]!.box[0]);
  });

  it('finds all 29 of the conference', async () => {
    const faces = await analyser.detect(await photo('solvay1927_gray_group.jpg'));
    expect(faces).toHaveLength(29);
    const sizes = faces.map(({ box }) => Math.max(box[2], box[3]));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(Math.min(...sizes)).toBeGreaterThan(40);
  });

  it('marks the profile by its yaw', async () => {
    const [face] = await analyser.detect(await photo('woman_profile.jpg'));
    expect(face!.pose.yaw).toBeGreaterThan(45);
  });

  it.each(['man_laughing_beard.jpg', 'woman_hair_across_face.jpg'])('follows %s turned', async (name) => {
    const image = await photo(name);
    const [face] = (await analyser.detect(image)) as [DetectedFace];
    for (const degrees of [90, 180, 270, -35]) {
      expect(await turnedDistance(image, face, degrees, 0.8), `${degrees} degrees`).toBeLessThan(0.01);
    }
  });
});
