/** The order of the rgi engine's networks, and what of a crop they change. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AlignedFace } from '#engine/pipeline/aligned-face.ts';
import { PHOTO_PROFILE, type RgiProfile, videoProfile } from '#engine/pipeline/rgi/profiles.ts';
import { RGI_PARTS, type RgiFeatures, type RgiPart } from '#engine/pipeline/rgi/readiness.ts';
import { createRgiStages } from '#engine/pipeline/rgi/rgi-stages.ts';
import { runPair } from '#engine/pipeline/run-pair.ts';
import { StageCache } from '#engine/pipeline/stage-cache.ts';
import { StageRunner } from '#engine/pipeline/stage-runner.ts';
import { DEFAULT_REGION_SWITCHES, DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { fakeNetworks, LEVELS } from './fake-networks.ts';

const SIDE = 1024;
const N = SIDE * SIDE;

/** A crop of one level between two byte levels, so that every rounding would show. */
const aligned = (level: number): AlignedFace => ({
  size: SIDE,
  crop: { width: SIDE, height: SIDE, data: new Float32Array(3 * N).fill(level) },
  landmarks: new Float32Array(3 * 478),
  toPhoto: [1, 0, 0, 0, 1, 0],
});
const TARGET = 0.3007;

const featuresOf = (...parts: RgiPart[]): RgiFeatures =>
  Object.fromEntries(RGI_PARTS.map((part) => [part, parts.includes(part)])) as unknown as RgiFeatures;

let networks: ReturnType<typeof fakeNetworks>;
let cache: StageCache;
beforeEach(() => {
  networks = fakeNetworks();
  cache = new StageCache(2 ** 30);
});

function swapper(features: RgiFeatures, profile: RgiProfile = PHOTO_PROFILE) {
  const stages = createRgiStages({ networks, features }, profile);
  const side = (key: string, level: number) => ({ key, align: async () => aligned(level) });
  return (change: Partial<SwapSettings> = {}) =>
    runPair(
      stages,
      side('target', TARGET),
      side('source', 0.5),
      { ...DEFAULT_SWAP_SETTINGS, ...change },
      new StageRunner(cache, {}, 1),
    );
}

const names = () => networks.taken().map(({ network }) => network);
const PREPARATION = [
  'reenact-source',
  ...['face-parser', 'rgi-encoder'],
  'reenact-driven',
  ...['face-parser', 'rgi-encoder'],
];
const GENERATION = ['rgi-style-codes', 'rgi-generator'];
const RECOLORING = ['face-parser', 'recolor-blender'];

describe('a photo', { timeout: 300_000 }, () => {
  it('runs each network once; a setting runs what depends on it', async () => {
    const swap = swapper(featuresOf());
    const pair = await swap();
    expect(names()).toEqual([...PREPARATION, ...GENERATION, ...RECOLORING]);
    expect(pair.warnings().map(({ rule }) => rule)).toEqual([
      'without-gpen-bfr-512',
      'without-gpen-realesrnet-x4',
      'without-realesrgan-x4plus',
      'without-inpainting-gcfsr',
    ]);

    await swap({ recolor: 0.5 });
    expect(names()).toEqual([]);
    const regions = { ...DEFAULT_REGION_SWITCHES, nose: { texture: true, shape: true, amount: 0.5 } };
    await swap({ regions });
    expect(names()).toEqual([...GENERATION, ...RECOLORING]);
    await swap({ recolor: 0, regions: { ...regions, nose: { texture: false, shape: true, amount: 1 } } });
    expect(names()).toEqual(GENERATION);
  });

  it('keeps the very numbers of the crop where nothing changes', async () => {
    const { alignedTarget, result } = await swapper(featuresOf())();
    const at = (x: number, y: number) => result.data[y * SIDE + x]!;
    // Corners and hair; the cheek is between the generated and the re-coloured face.
    for (const [x, y] of [
      [0, 0],
      [1023, 1023],
      [512, 90],
    ] as const) {
      expect(at(x, y)).toBe(alignedTarget.crop.data[0]);
    }
    expect(at(400, 620)).toBeGreaterThan(LEVELS.recolored);
    expect(at(400, 620)).toBeLessThan(LEVELS.generated);

    const swap = swapper(featuresOf());
    const none = await swap({ amount: 0 });
    expect(none.result).toBe(none.alignedTarget.crop);
  });

  it('fills the hole with the same noise each time, and restores no more than the hole', async () => {
    const features = featuresOf('inpainting', 'restoration', 'upscaling');
    const swap = swapper(features);
    const pair = await swap();
    const calls = networks.taken();
    const own = calls.map(({ network }) => network).slice([...PREPARATION, ...GENERATION, ...RECOLORING].length);
    expect(own.slice(0, 3)).toEqual(['realesrgan-x4plus', 'inpainting-gcfsr', 'codeformer']);
    const tiles = own.slice(3);
    expect(new Set(tiles)).toEqual(new Set(['realesrgan-x4plus']));
    expect(tiles.length).toBeLessThan(16);
    expect(pair.warnings().map(({ rule }) => rule)).toEqual(['without-gpen-bfr-512', 'without-gpen-realesrnet-x4']);
    // Below the chin of the driven face.
    const chin = pair.result.data[Math.round(0.84 * SIDE) * SIDE + 512]!;
    expect(Math.abs(chin - LEVELS.filled)).toBeLessThan(0.03);

    cache.clear();
    await swap();
    const noise = (list: typeof calls) => list.find(({ network }) => network === 'inpainting-gcfsr')!.inputs['noise_3'];
    expect(noise(networks.taken())).toEqual(noise(calls));
  });

  it('says which devices were passed over', async () => {
    networks.fallbacks.push({ provider: 'cuda', reason: 'It is not there.' });
    const pair = await swapper(featuresOf(...RGI_PARTS.filter((part) => part === 'upscaling')))();
    expect(pair.warnings().at(-1)).toEqual({
      rule: 'device',
      severity: 'info',
      message: 'Networks ran on the cpu. cuda: It is not there.',
    });
  });

  it('stops before a network when it is cancelled', async () => {
    const stages = createRgiStages({ networks, features: featuresOf() });
    const controller = new AbortController();
    const align = async () => {
      controller.abort();
      return aligned(TARGET);
    };
    const side = { key: 'a', align };
    const runner = new StageRunner(cache, { signal: controller.signal }, 1);
    await expect(runPair(stages, side, side, DEFAULT_SWAP_SETTINGS, runner)).rejects.toMatchObject({
      kind: 'cancelled',
    });
    expect(names()).toEqual([]);
  });
});

describe('a frame', { timeout: 300_000 }, () => {
  const all = featuresOf('inpainting', 'restoration', 'upscaling');

  it('is re-coloured without the upscaler, and not inpainted', async () => {
    await swapper(all, videoProfile(false))();
    expect(names()).toEqual([...PREPARATION, ...GENERATION, ...RECOLORING]);
  });

  it('is not re-coloured where the generator was tuned', async () => {
    const pair = await swapper(all, videoProfile(true))();
    expect(names()).toEqual([...PREPARATION, ...GENERATION]);
    expect(Math.abs(pair.result.data[620 * SIDE + 400]! - LEVELS.generated)).toBeLessThan(0.03);
    expect(pair.warnings().map(({ rule }) => rule)).not.toContain('without-inpainting-gcfsr');
  });
});
