/** Faces exchanged in frames, with rendered people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffhqFrame } from '#engine/face/alignment.ts';
import { type DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { alignPhoto, createClassicFrameSwapper, type FrameSource } from '#engine/pipeline/create-frame-swapper.ts';
import type { Frame } from '#engine/pipeline/frame-swapper.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { samplePicture } from './pictures.ts';

let analyser: FaceAnalyser;
let source: FrameSource;
let frames: Frame[];
let face: DetectedFace;

const detect = async (picture: DecodedPicture): Promise<DetectedFace> =>
  (await analyser.detect(toRgbImage(picture)))[0]!;

const tracked = (of: DetectedFace, change: Partial<TrackedFace> = {}): TrackedFace => ({
  track: 0,
  face: of,
  frame: ffhqFrame(of.landmarks68),
  ...change,
});

const swapper = () =>
  createClassicFrameSwapper(
    analyser,
    { sources: new Map([[0, source]]), settings: DEFAULT_SWAP_SETTINGS, detail: 'fast' },
    alignPhoto(true),
  );

beforeAll(async () => {
  analyser = new FaceAnalyser({ threads: 1 });
  const ines = await samplePicture('ines', 512);
  source = { picture: ines, face: await detect(ines) };
  const freja = await samplePicture('freja', 400);
  face = await detect(freja);
  const darker = freja.pixels.map((v) => Math.round(0.9 * v));
  frames = [freja.pixels, darker].map((pixels, index) => ({ ...freja, index, pixels }));
});

afterAll(async () => {
  await analyser[Symbol.asyncDispose]();
});

describe('a frame swapper', () => {
  it('gives a frame the same bits whatever came before it, and leaves the frame itself alone', async () => {
    await using first = swapper();
    await using second = swapper();
    const before = frames[1]!.pixels.slice();
    const alone = await first.swap(frames[1]!, [tracked(face)]);
    await second.swap(frames[0]!, [tracked(face)]);
    const after = await second.swap(frames[1]!, [tracked(face)]);
    expect(alone.swapped).toEqual([0]);
    expect(alone.pixels).not.toEqual(before);
    expect(after.pixels).toEqual(alone.pixels);
    expect(frames[1]!.pixels).toEqual(before);
  });

  it('keeps faces without a source and faces that cannot be exchanged, with the reason', async () => {
    await using some = swapper();
    const result = await some.swap(frames[0]!, [
      tracked(face, { skip: 'profile' }),
      tracked(face, { track: 7 }),
      tracked(face, { track: 8, skip: 'blurred' }),
    ]);
    expect(result.swapped).toEqual([]);
    expect(result.skipped).toEqual([
      { track: 0, reason: 'profile' },
      { track: 7, reason: 'unassigned' },
      { track: 8, reason: 'unassigned' },
    ]);
    expect(result.pixels).toBe(frames[0]!.pixels);
  });
});
