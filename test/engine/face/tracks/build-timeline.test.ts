import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ffhqFrame, frameSide } from '#engine/face/alignment.ts';
import { toLandmarks68 } from '#engine/face/landmarks68.ts';
import { buildTimeline } from '#engine/face/tracks/build-timeline.ts';
import type { ClipFrame } from '#engine/face/tracks/frame-view.ts';
import { gaussianFilter } from '#engine/face/tracks/gaussian-filter.ts';
import type { FrameObservation } from '#engine/face/tracks/observation.ts';
import { observationsInMemory } from '#engine/face/tracks/observation-source.ts';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { openVideo } from '#engine/video/open-video.ts';
import { PHOTOS } from '../pictures.ts';
import { analyseClip, drawFrame, portrait } from './moving-people.ts';
import { gaussianNoise } from './noise.ts';

const meanStep = (meshes: readonly Float32Array[]): number => {
  let sum = 0;
  for (let t = 1; t < meshes.length; t++) {
    for (let i = 0; i < 3 * 468; i += 3)
      sum += Math.hypot(meshes[t]![i]! - meshes[t - 1]![i]!, meshes[t]![i + 1]! - meshes[t - 1]![i + 1]!);
  }
  return sum / (468 * (meshes.length - 1));
};

describe('one photo repeated with the noise of a sensor', () => {
  let observations: FrameObservation[];
  let timeline: FaceTimeline;
  beforeAll(async () => {
    const still = drawFrame(0, { people: [{ person: await portrait('kofi'), x: 240, y: 135, scale: 1.4 }] });
    const noise = gaussianNoise(5);
    const frames = Array.from({ length: 30 }, (_, index) => ({
      ...still,
      index,
      pixels: still.pixels.map((value) => Math.max(0, Math.min(255, Math.round(value + 4 * noise())))),
    }));
    observations = await analyseClip(frames);
    timeline = buildTimeline(observationsInMemory(observations));
  });

  it('has landmarks and a square that stand still', () => {
    const raw = observations.map(({ faces }) => faces[0]!.landmarks);
    const filtered = raw.map((_, frame) => timeline.facesAt(frame)[0]!.face.landmarks);
    expect(meanStep(filtered)).toBeLessThan(meanStep(raw) / 3);
    const squares = raw.map((_, frame) => timeline.facesAt(frame)[0]!.frame);
    const steps = squares
      .slice(1)
      .map(({ centre: [x, y] }, t) => Math.hypot(x - squares[t]!.centre[0], y - squares[t]!.centre[1]));
    expect(Math.max(...steps)).toBeLessThan(frameSide(squares[0]!) / 500);
  });

  it('has the squares of the raw landmarks, smoothed as the specification says', () => {
    const raw = observations.map(({ faces }) => ffhqFrame(toLandmarks68(faces[0]!.landmarks)));
    const x = gaussianFilter(
      raw.map(({ centre }) => centre[0]),
      1,
    );
    const axis = gaussianFilter(
      raw.map((square) => square.y[1]),
      3,
    );
    for (let frame = 0; frame < raw.length; frame++) {
      const { frame: square } = timeline.facesAt(frame)[0]!;
      expect(square.centre[0]).toBeCloseTo(x[frame]!, 9);
      expect(square.y[1]).toBeCloseTo(axis[frame]!, 9);
    }
  });

  it('gives the same faces however often and in whatever order they are asked for', () => {
    const again = buildTimeline(observationsInMemory(observations));
    for (const frame of [29, 3, 14, 3]) expect(again.facesAt(frame)).toEqual(timeline.facesAt(frame));
    expect(timeline.facesAt(30)).toEqual([]);
  });
});

async function* framesOf(file: string): AsyncGenerator<ClipFrame> {
  const { info } = await openVideo(file);
  let index = 0;
  for await (const { pixels, release } of decodeFrames(info)) {
    yield { index: index++, width: info.video.width, height: info.video.height, pixels };
    release();
  }
}

const TALK = path.join(PHOTOS, 'clip_talk_man_audio.mp4');
const TWO = path.join(PHOTOS, 'clip_two_faces_silent.mp4');

describe.skipIf(!existsSync(TALK))('a man who talks', () => {
  const gap = (landmarks: Float32Array, a: number, b: number): number =>
    Math.hypot(landmarks[3 * a]! - landmarks[3 * b]!, landmarks[3 * a + 1]! - landmarks[3 * b + 1]!);

  it('is one track through all frames, whose lips neither lag nor lose their movement', async () => {
    const observations = await analyseClip(framesOf(TALK));
    const timeline = buildTimeline(observationsInMemory(observations));
    expect(timeline.tracks).toMatchObject([{ id: 0, firstFrame: 0, lastFrame: 144, frames: 145 }]);
    const faces = observations.map((_, frame) => timeline.facesAt(frame));
    expect(faces.every((found) => found.length === 1 && found[0]!.skip === undefined)).toBe(true);

    const raw = observations.map((seen) => gap(seen.faces[0]!.landmarks, 13, 14));
    const filtered = faces.map((found) => gap(found[0]!.face.landmarks, 13, 14));
    expect(deviation(filtered) / deviation(raw)).toBeGreaterThan(0.97);
    expect(correlation(raw, filtered, 0)).toBeGreaterThan(0.99);
    for (const lag of [-2, -1, 1, 2])
      expect(correlation(raw, filtered, lag)).toBeLessThan(correlation(raw, filtered, 0));
  });
});

describe.skipIf(!existsSync(TWO))('a woman and a man who turn their heads', () => {
  it('are two tracks through all frames, the woman on the left', async () => {
    const timeline = buildTimeline(observationsInMemory(await analyseClip(framesOf(TWO))));
    expect(timeline.tracks.map(({ frames }) => frames)).toEqual([56, 56]);
    const sides = new Set<string>();
    for (let frame = 0; frame < 56; frame++)
      for (const { track, face } of timeline.facesAt(frame))
        sides.add(`${track} ${face.box[0] < 240 ? 'left' : 'right'}`);
    expect(sides.size).toBe(2);
  });
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Correlation of `b` with `a` as it was `lag` frames earlier. */
function correlation(a: readonly number[], b: readonly number[], lag: number): number {
  const pairs = b.flatMap((value, i) => (a[i - lag] === undefined ? [] : [[a[i - lag]!, value] as const]));
  const [ma, mb] = [mean(a), mean(b)];
  return mean(pairs.map(([x, y]) => (x - ma) * (y - mb))) / (deviation(a) * deviation(b));
}
