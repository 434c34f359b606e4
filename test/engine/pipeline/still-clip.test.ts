/** A still face must not shimmer: one picture repeated with the noise of a sensor, tracked and exchanged. */
import { afterAll, expect, it } from 'vitest';
import { FaceAnalyser } from '#engine/face/faces.ts';
import { buildTimeline } from '#engine/face/tracks/build-timeline.ts';
import { ClipAnalyser } from '#engine/face/tracks/clip-analyser.ts';
import type { FrameObservation } from '#engine/face/tracks/observation.ts';
import { observationsInMemory } from '#engine/face/tracks/observation-source.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { alignPhoto, createClassicFrameSwapper } from '#engine/pipeline/create-frame-swapper.ts';
import { LARGEST_CROP, trackSizes } from '#engine/pipeline/track-sizes.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { randomSource } from '../image/noise.ts';
import { samplePicture } from './pictures.ts';

const FRAMES = 6;
/** Deviation of the noise, 8-bit steps. */
const NOISE = 3;
/** Cells whose means show slow waves that single pixels hide. */
const CELL = 8;

const analyser = new FaceAnalyser({ threads: 1 });
afterAll(() => analyser[Symbol.asyncDispose]());

/** Sums of squared changes from frame to frame, of pixels and of means of cells, where `swapped` is set. */
function changes(frames: readonly Uint8Array[], width: number, height: number, swapped: Uint8Array) {
  let pixels = 0;
  let cells = 0;
  for (let f = 1; f < frames.length; f++) {
    const [before, after] = [frames[f - 1]!, frames[f]!];
    for (let y = 0; y + CELL <= height; y += CELL) {
      for (let x = 0; x + CELL <= width; x += CELL) {
        let sum = 0;
        let count = 0;
        for (let row = y; row < y + CELL; row++) {
          for (let i = 3 * (row * width + x); i < 3 * (row * width + x + CELL); i++) {
            if (!swapped[i]) continue;
            const change = after[i]! - before[i]!;
            pixels += change * change;
            sum += change;
            count++;
          }
        }
        if (count > 1.5 * CELL * CELL) cells += (sum / count) ** 2;
      }
    }
  }
  return { pixels, cells };
}

it.each([
  ['ines', 'freja'],
  ['kofi', 'walter'],
])('%s in the place of %s stands as still as the target itself', async (from, onto) => {
  const picture = await samplePicture(from, 512);
  const [face] = await analyser.detect(toRgbImage(picture));
  const still = await samplePicture(onto, 420);
  const { width, height } = still;
  const random = randomSource(5);
  // The sum of four uniform numbers is near a Gaussian of deviation 0.577.
  const noisy = () => (NOISE / 0.577) * (random() + random() + random() + random() - 2);
  const frames = Array.from({ length: FRAMES }, (_, index) => ({
    index,
    width,
    height,
    pixels: Uint8Array.from(still.pixels, (v) => Math.max(0, Math.min(255, Math.round(v + noisy())))),
  }));
  await using clip = await ClipAnalyser.open({ threads: 1 });
  const observations: FrameObservation[] = [];
  for (const frame of frames) observations.push(await clip.push(frame));
  const timeline = buildTimeline(observationsInMemory(observations));
  const sources = new Map([[0, { picture, face: face! }]]);
  await using swapper = createClassicFrameSwapper(
    analyser,
    { sources, settings: DEFAULT_SWAP_SETTINGS, detail: 'fast', sizes: trackSizes(timeline, LARGEST_CROP.fast) },
    alignPhoto(true),
  );
  const results: Uint8Array[] = [];
  for (const frame of frames) {
    const result = await swapper.swap(frame, timeline.facesAt(frame.index));
    expect(result.swapped).toEqual([0]);
    results.push(result.pixels);
  }
  const before = frames.map(({ pixels }) => pixels);
  const swapped = new Uint8Array(before[0]!.length);
  results.forEach((pixels, f) => {
    for (let i = 0; i < pixels.length; i++) if (Math.abs(pixels[i]! - before[f]![i]!) > 2) swapped[i] = 1;
  });
  const [own, theirs] = [changes(before, width, height, swapped), changes(results, width, height, swapped)];
  expect(own.pixels).toBeGreaterThan(0);
  expect(Math.sqrt(theirs.pixels / own.pixels)).toBeLessThan(1.5);
  expect(Math.sqrt(theirs.cells / own.cells)).toBeLessThan(1.5);
});
