/** The rgi engine from two photos to a file, with networks of the official sizes whose numbers mean nothing. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffhqFrame } from '#engine/face/alignment.ts';
import { FaceAnalyser } from '#engine/face/faces.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import { decodePicture } from '#engine/image/decode.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { openRgiFrameSwapper } from '#engine/pipeline/rgi/frame-swapper.ts';
import { STYLE_CODES } from '#engine/pipeline/rgi/graphs.ts';
import { RgiNetworks } from '#engine/pipeline/rgi/networks.ts';
import { seededNoise } from '#engine/pipeline/rgi/seeded-noise.ts';
import { STYLE_ROW_LENGTH } from '#engine/pipeline/rgi/style-rows.ts';
import { networkManifest } from '#engine/weights/manifests.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { runCli } from '#main/cli/program.ts';
import type { SwapResult } from '#shared/contract.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import { RGI_PACKS, writeSyntheticPacks } from '../../../../bench/synthetic-packs.ts';
import { writeSample } from '../pictures.ts';

/** Those that the engine cannot do without. */
const REQUIRED = RGI_PACKS.slice(0, 4);
const PEAK_LIMIT = 6e9;

let folder: string;
let source: string;
let target: string;
const home = process.env['E4S_HOME'];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-rgi-'));
  process.env['E4S_HOME'] = folder;
  await writeSyntheticPacks(path.join(folder, 'packs'), REQUIRED);
  source = (await writeSample(folder, 'mei', 'source.png', 640)).path;
  target = (await writeSample(folder, 'walter', 'target.png', 640)).path;
});

afterAll(async () => {
  if (home === undefined) delete process.env['E4S_HOME'];
  else process.env['E4S_HOME'] = home;
  await rm(folder, { recursive: true, force: true });
});

const openStudio = async (): Promise<PhotoStudio> => createPhotoStudio({ device: async () => 'cpu' });

async function openPair(studio: PhotoStudio) {
  const open = (file: string) => studio.open({ path: file, name: path.basename(file) }, { thorough: false });
  const [from, to] = [await open(source), await open(target)];
  return (change: Partial<SwapSettings> = {}, signal?: AbortSignal): Promise<SwapResult> =>
    studio.swap(
      {
        target: to.photo,
        assignments: [{ targetFace: 0, source: from.photo, sourceFace: 0 }],
        settings: { ...DEFAULT_SWAP_SETTINGS, ...change },
      },
      { measureMemory: true, signal },
    );
}

/** The file of a result, decoded. */
async function decoded(bytes: Uint8Array, name: string): Promise<DecodedPicture> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return decodePicture(file, name);
}

/** Pixels that differ outside of the rectangle, and inside. */
function differences(
  a: DecodedPicture,
  b: DecodedPicture,
  [x, y, width, height]: SwapResult['faces'][number]['touched'],
) {
  const count = { outside: 0, inside: 0 };
  for (let i = 0; i < a.width * a.height; i++) {
    const same = [0, 1, 2].every((k) => a.pixels[i * a.channels + k] === b.pixels[i * b.channels + k]);
    if (same) continue;
    const [column, row] = [i % a.width, Math.floor(i / a.width)];
    count[column >= x && column < x + width && row >= y && row < y + height ? 'inside' : 'outside']++;
  }
  return count;
}

describe('a swap of photos', () => {
  it('goes through all stages twice with the same bits, and leaves every pixel outside as it came', async () => {
    const before = await decodePicture(target, 'target.png');
    await using studio = await openStudio();
    const swap = await openPair(studio);
    // `auto` finds the packs.
    const result = await swap({ engine: 'auto' });
    expect(result.engine).toBe('rgi');
    expect(new Set(result.times.map(({ stage }) => stage))).toEqual(new Set(STAGE_IDS));
    const peaks = result.times.map(({ peakBytes }) => peakBytes ?? Number.POSITIVE_INFINITY);
    expect(Math.max(...peaks)).toBeLessThan(PEAK_LIMIT);

    const [face] = result.faces;
    expect(face!.warnings.map(({ rule }) => rule)).toContain('without-gpen-bfr-512');
    const { bytes } = await studio.encodeResult(result.result, { format: 'png', quality: 100, metadata: 'strip' });
    const after = await decoded(bytes, 'first.png');
    const { inside, outside } = differences(before, after, face!.touched);
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(1000);

    // The command line, with networks opened anew.
    const out = path.join(folder, 'second.png');
    const stages = path.join(folder, 'stages');
    let stdout = '';
    const code = await runCli(
      ['swap', '--source', source, '--target', target, '--out', out, '--engine', 'rgi', '--stages', stages, '--json'],
      {
        stdout: { write: (text: string) => (stdout += text) },
        stderr: { write: () => true },
        signal: new AbortController().signal,
        openStudio,
        openVideoEngine: () => Promise.reject(new Error('there is no video here')),
      },
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      engine: string;
      stages: { name: string; peak_rss_bytes?: number }[];
      peak_rss_bytes: number;
    };
    expect(report.engine).toBe('rgi');
    expect(report.stages.find(({ name }) => name === 'generate')?.peak_rss_bytes).toBeGreaterThan(1e8);
    expect(report.peak_rss_bytes).toBeLessThan(PEAK_LIMIT);
    expect((await decodePicture(out, 'second.png')).pixels).toEqual(after.pixels);
    const files = (await readdir(stages)).sort();
    expect(files.map((file) => file.replace(/^face0-\d\d-|\.png$/g, ''))).toEqual([...STAGE_IDS]);
    for (const [index, stage] of STAGE_IDS.entries()) {
      const picture = await studio.stage(result.result, 0, stage, 8192);
      expect(new Uint8Array(await readFile(path.join(stages, files[index]!))), stage).toEqual(picture.bytes);
    }

    // Nothing exchanged: the target, without a network.
    const none = await swap({ engine: 'rgi', amount: 0 });
    expect(none.faces[0]!.touched.slice(2)).toEqual([0, 0]);
    expect(none.times.find(({ stage }) => stage === 'reenact')?.cached).toBe(true);
  });

  it('stops at a cancel and works again', async () => {
    await using studio = await openStudio();
    const swap = await openPair(studio);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await expect(swap({ engine: 'rgi' }, controller.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await swap({ engine: 'rgi', amount: 0 })).engine).toBe('rgi');
  });
});

describe('frames', () => {
  it('have the same bits whatever came before', async () => {
    await using analyser = new FaceAnalyser({ threads: 1 });
    const [from, to] = [await decodePicture(source, 'source.png'), await decodePicture(target, 'target.png')];
    const faceOf = async (picture: DecodedPicture) => (await analyser.detect(toRgbImage(picture)))[0]!;
    const face = await faceOf(to);
    const tracked: TrackedFace = { track: 0, face, frame: ffhqFrame(face.landmarks68) };
    const frame = (index: number, gain: number) => ({
      index,
      width: to.width,
      height: to.height,
      pixels: Uint8Array.from(to.pixels, (v) => Math.round(v * gain)),
    });
    const options = {
      sources: new Map([[0, { picture: from, face: await faceOf(from) }]]),
      settings: { ...DEFAULT_SWAP_SETTINGS, engine: 'rgi' as const },
      detail: 'high' as const,
    };
    const first = await (async () => {
      await using swapper = await openRgiFrameSwapper(options, { device: 'cpu' });
      await swapper.swap(frame(0, 0.9), [tracked]);
      return await swapper.swap(frame(1, 1), [tracked]);
    })();
    expect(first.swapped).toEqual([0]);
    expect(first.pixels).not.toEqual(frame(1, 1).pixels);
    await using fresh = await openRgiFrameSwapper(options, { device: 'cpu' });
    expect((await fresh.swap(frame(1, 1), [tracked])).pixels).toEqual(first.pixels);
  });
});

describe('tuned weights', () => {
  it('take the place of those of the pack, and no others', async () => {
    const packs = path.join(folder, 'packs');
    const key = 'MLPs.1.mlp.2.bias';
    const { shape } = networkManifest('rgi').tensors.get(key)!;
    const tuned = path.join(folder, 'tuned.safetensors');
    const bias = seededNoise(1, shape[0]!);
    const data = new Uint8Array(bias.buffer);
    await writeSafetensors(tuned, [{ name: key, dtype: 'F32', shape, data }]);
    const style_vectors = {
      dims: [1, REGION_COUNT, STYLE_ROW_LENGTH],
      data: new Float32Array(REGION_COUNT * STYLE_ROW_LENGTH),
    };
    const codes = async (file?: string): Promise<Float32Array> => {
      await using networks = new RgiNetworks({ packs, device: 'cpu', tuned: file });
      return (await networks.run(STYLE_CODES, { style_vectors }))['style_codes']!.data as Float32Array;
    };
    const [before, after] = [await codes(), await codes(tuned)];
    const region = before.length / REGION_COUNT;
    expect(after.subarray(0, region)).toEqual(before.subarray(0, region));
    expect(after.subarray(2 * region)).toEqual(before.subarray(2 * region));
    expect(after.subarray(region, 2 * region)).not.toEqual(before.subarray(region, 2 * region));

    await writeSafetensors(tuned, [{ name: key, dtype: 'F32', shape: [1, shape[0]!], data }]);
    await expect(codes(tuned)).rejects.toMatchObject({ kind: 'input', message: expect.stringContaining(key) });
  });
});
