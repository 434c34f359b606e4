import { describe, expect, it } from 'vitest';
import type { AlignedFace } from '#engine/pipeline/aligned-face.ts';
import type { EngineStages } from '#engine/pipeline/engine-stages.ts';
import { RefinedStore } from '#engine/pipeline/refined-vectors.ts';
import { drivenKey, faceKey, type PairSide, runPair } from '#engine/pipeline/run-pair.ts';
import { StageCache } from '#engine/pipeline/stage-cache.ts';
import { StageRunner } from '#engine/pipeline/stage-runner.ts';
import { photoIdSchema } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';

interface Face {
  readonly name: string;
  readonly vectors: Float32Array<ArrayBuffer>;
}

const image = { width: 1, height: 1, data: new Float32Array(3) };
const side = (key: string): PairSide => ({ key, align: async () => ({ key }) as unknown as AlignedFace });

/** An engine that writes down with which vectors it generates. */
function scribe() {
  const generated: string[] = [];
  const stages: EngineStages<Face, Face, string, string, string> = {
    id: 'rgi',
    manySources: true,
    settingsKey: () => '',
    parse: async (aligned) => ({ name: String(Object.values(aligned)[0]), vectors: new Float32Array([1]) }),
    ofDriven: {
      source: async (aligned) => ({ name: String(Object.values(aligned)[0]), vectors: new Float32Array([0]) }),
      parse: async (driven) => ({ ...driven, vectors: new Float32Array([2]) }),
    },
    withVectors: (face, vectors) => ({ ...face, vectors }),
    reenact: (source) => source,
    exchange: (_source, target, driven) => `${target.vectors[0]} ${driven.vectors[0]}`,
    generate(_source, _target, exchanged) {
      generated.push(exchanged);
      return exchanged;
    },
    recolor: (_source, _target, _exchanged, made) => made,
    blend: () => image,
    inpaint: () => image,
    warnings: () => [],
    picture: () => image,
  };
  return { stages, generated };
}

describe('refined vectors', () => {
  it('take the place of the engine’s, and are taken back; what was made with either is kept apart', async () => {
    const { stages, generated } = scribe();
    const cache = new StageCache(1e6);
    const refined = new RefinedStore();
    const [target, source] = [side('photo_00000001#0@1'), side('photo_00000002#0@1')];
    const run = () =>
      runPair(stages, target, source, DEFAULT_SWAP_SETTINGS, new StageRunner(cache, {}, 1), { refined });
    await run();
    refined.set(drivenKey('rgi', source, target), new Float32Array([7]));
    await run();
    refined.set(faceKey('rgi', target), new Float32Array([5]));
    await run();
    expect(generated).toEqual(['1 2', '1 7', '5 7']);
    // The same vectors again come from the cache, others do not.
    await run();
    refined.set(faceKey('rgi', target), new Float32Array([6]));
    await run();
    expect(generated.slice(3)).toEqual(['6 7']);
    refined.set(drivenKey('rgi', source, target), undefined);
    refined.set(faceKey('rgi', target), undefined);
    await run();
    expect(generated).toHaveLength(4);
  });

  it('go with the photos they belong to', () => {
    const refined = new RefinedStore();
    const [target, source] = [side('photo_00000001#0@1'), side('photo_00000002#0@1')];
    const keys = [faceKey('rgi', target), drivenKey('rgi', source, target), faceKey('rgi', source)];
    for (const key of keys) refined.set(key, new Float32Array([1]));
    refined.forget(photoIdSchema.parse('photo_00000001'));
    expect(keys.map((key) => refined.get(key) !== undefined)).toEqual([false, false, true]);
  });
});
