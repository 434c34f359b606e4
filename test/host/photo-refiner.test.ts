import { describe, expect, it } from 'vitest';
import { StorageError } from '#engine/errors.ts';
import { createPhotoRefiner, type RefineFace } from '#engine/host/photo-refiner.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { RefineStep } from '#engine/tuning/refine-photo.ts';
import { photoIdSchema } from '#shared/contract.ts';
import type { RefineEvent, RefineRequest } from '#shared/contract-refine.ts';

const request: RefineRequest = {
  target: photoIdSchema.parse('photo_00000001'),
  targetFace: 0,
  source: photoIdSchema.parse('photo_00000002'),
  sourceFace: 1,
  crop: true,
  side: 'source',
  steps: 3,
};

/** A picture of one brightness, 0 to 255. */
const encoded = (brightness: number, vector: number) => ({
  picture: { width: 4, height: 4, channels: 3, data: new Uint8Array(48).fill(brightness) },
  labels: { regions: { width: 512, height: 512, labels: new Uint8Array(512 * 512) } },
  vectors: new Float32Array(12 * 1280).fill(vector),
});

interface Kept {
  readonly side: string;
  readonly vector: number | undefined;
}

function fakeStudio() {
  const kept: Kept[] = [];
  const studio = {
    encodePair: async () => ({ target: encoded(0, 1), driven: encoded(255, 2) }),
    setVectors: async (_pair: unknown, side: string, vectors: Float32Array | undefined) => {
      kept.push({ side, vector: vectors?.[0] });
    },
  } as unknown as Pick<PhotoStudio, 'encodePair' | 'setVectors'>;
  return { studio, kept };
}

/** Falls to 1/step, then rises; the vectors that it ends with are ten times those that it began with. */
const refine: RefineFace = async ({ photo, steps = 0, wish, onStep }) => {
  const total = steps + 1;
  const data = Float32Array.from(photo.vectors.data as Float32Array, (value) => 10 * value);
  let best = Number.POSITIVE_INFINITY;
  for (let step = 1; step <= total; step++) {
    await Promise.resolve();
    if (wish?.() === 'cancel') throw new Error('cancelled');
    if (wish?.() === 'finish') break;
    const loss = step === total ? 2 : 1 / step;
    const better = loss < best;
    best = Math.min(best, loss);
    onStep?.({
      part: 'vectors',
      step,
      total,
      losses: { loss },
      reconstruction: photo.picture,
      best: better,
    } as RefineStep);
  }
  return {
    vectors: { dims: [1, 12, 1280], data },
    tuned: undefined,
    before: 1,
    after: best,
    reconstruction: photo.picture,
  };
};

const never = new AbortController().signal;

describe('refining a photo', () => {
  it('tells every step, shows the best picture, and puts the best vectors to use', async () => {
    const { studio, kept } = fakeStudio();
    const refiner = createPhotoRefiner(studio, async () => refine);
    await expect(refiner.preview(64)).rejects.toThrow('Nothing was refined');
    const events: RefineEvent[] = [];
    await refiner.run(request, (event) => events.push(event), never);
    expect(events.map((event) => (event.type === 'step' ? event.best : 'done'))).toEqual([
      true,
      true,
      true,
      false,
      'done',
    ]);
    expect(events.at(-1)).toEqual({ type: 'done', before: 1, after: 1 / 3 });
    expect(kept).toEqual([{ side: 'source', vector: 20 }]);
    expect(await refiner.preview(64)).toMatchObject({ width: 4, height: 4 });
    await refiner.run({ ...request, side: 'target' }, () => undefined, never);
    expect(kept.at(-1)).toEqual({ side: 'target', vector: 10 });
  });

  it('ends with the best so far when that is asked for', async () => {
    const { studio, kept } = fakeStudio();
    const refiner = createPhotoRefiner(studio, async () => refine);
    expect(refiner.finish()).toBe(false);
    const steps: number[] = [];
    await refiner.run(
      { ...request, steps: 100 },
      (event) => {
        if (event.type === 'step') steps.push(event.step);
        if (steps.length === 4) expect(refiner.finish()).toBe(true);
      },
      never,
    );
    expect(steps).toEqual([1, 2, 3, 4]);
    expect(kept).toHaveLength(1);
  });

  it('changes nothing when it is cancelled, and another one can follow', async () => {
    const { studio, kept } = fakeStudio();
    const refiner = createPhotoRefiner(studio, async () => refine);
    const controller = new AbortController();
    const stopped = refiner.run({ ...request, steps: 100 }, () => controller.abort(), controller.signal);
    await expect(refiner.run(request, () => undefined, never)).rejects.toThrow('already');
    await expect(stopped).rejects.toThrow('cancelled');
    expect(kept).toEqual([]);
    await refiner.run(request, () => undefined, never);
    expect(kept).toHaveLength(1);
  });

  it('says when the vectors cannot be kept, and that they are in use', async () => {
    const { studio } = fakeStudio();
    const full = new StorageError('The disk is full.', { action: 'Free some space or choose another folder.' });
    const refiner = createPhotoRefiner({ ...studio, setVectors: () => Promise.reject(full) }, async () => refine);
    const events: RefineEvent[] = [];
    await refiner.run(request, (event) => events.push(event), never);
    const unsaved = 'The disk is full. Free some space or choose another folder.';
    expect(events.at(-1)).toEqual({ type: 'done', before: 1, after: 1 / 3, unsaved });
    const defect = new Error('a defect');
    const broken = createPhotoRefiner({ ...studio, setVectors: () => Promise.reject(defect) }, async () => refine);
    await expect(broken.run(request, () => undefined, never)).rejects.toThrow('a defect');
  });

  it('asks for its networks before it computes anything', async () => {
    let encodes = 0;
    const studio = { encodePair: async () => (encodes += 1), setVectors: () => undefined } as unknown as PhotoStudio;
    const refiner = createPhotoRefiner(studio, async () => {
      throw new Error('no packs');
    });
    await expect(refiner.run(request, () => undefined, never)).rejects.toThrow('no packs');
    expect(encodes).toBe(0);
  });
});
