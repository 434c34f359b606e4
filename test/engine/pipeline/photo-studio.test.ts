/** The photo studio on rendered faces, from files to files. */
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, NoFaceError, UsageError } from '#engine/errors.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { SwapProgress } from '#engine/pipeline/run-options.ts';
import type { PhotoInfo, SwapRequest } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS, type SwapSettings } from '#shared/settings.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import { compare, samplesOf, scratchFolder, writeSample } from './pictures.ts';

const PNG = { format: 'png', quality: 95, metadata: 'strip' } as const;

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let studio: PhotoStudio;
let ines: PhotoInfo;
let freja: PhotoInfo;
let file: { ines: { path: string; name: string }; freja: { path: string; name: string } };

beforeAll(async () => {
  scratch = await scratchFolder();
  studio = createPhotoStudio({ threads: 1 });
  file = {
    ines: await writeSample(scratch.folder, 'ines', 'ines.png'),
    freja: await writeSample(scratch.folder, 'freja', 'freja.png'),
  };
  ines = await studio.open(file.ines, { thorough: false });
  freja = await studio.open(file.freja, { thorough: false });
});

afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

const request = (source: PhotoInfo, target: PhotoInfo, settings: Partial<SwapSettings> = {}): SwapRequest => ({
  target: target.photo,
  assignments: [{ targetFace: 0, source: source.photo, sourceFace: 0 }],
  settings: { ...DEFAULT_SWAP_SETTINGS, ...settings },
});

/** Runs a swap and gives the result's samples beside the report. */
async function run(source: PhotoInfo, target: PhotoInfo, settings: Partial<SwapSettings> = {}) {
  const report = await studio.swap(request(source, target, settings));
  const samples = await samplesOf((await studio.encodeResult(report.result, PNG)).bytes);
  return { report, samples, touched: report.faces[0]!.touched };
}

const openEdited = async (sample: string, name: string, edit: (image: Sharp) => Sharp) => {
  const written = await writeSample(scratch.folder, sample, name, 512, edit);
  return { info: await studio.open(written, { thorough: false }), samples: await samplesOf(written.path) };
};

describe('a swap', () => {
  it('changes the face and not one pixel outside the touched box', async () => {
    const { samples, touched, report } = await run(ines, freja);
    const before = await samplesOf(file.freja.path);
    const { differentOutside, psnr } = compare(before, samples, touched);
    expect(differentOutside).toBe(0);
    expect(psnr).toBeLessThan(32);
    expect(touched[2] * touched[3]).toBeLessThan(0.6 * freja.width * freja.height);
    expect(report.faces[0]!.stages).toEqual(STAGE_IDS);
  });

  it('touches little beyond the face, and less for a single feature', async () => {
    const [x, y, width, height] = freja.faces[0]!.box;
    const { touched } = await run(ines, freja);
    // The new outline bends what surrounds the face as far as it moves.
    const most = 0.3 * width;
    expect(touched[0]).toBeGreaterThan(x - most);
    expect(touched[0] + touched[2]).toBeLessThan(x + width + most);
    expect(touched[1] + touched[3]).toBeLessThan(y + height + most);
    const { regions } = DEFAULT_SWAP_SETTINGS;
    const ids = Object.keys(regions) as (keyof typeof regions)[];
    const nose = Object.fromEntries(
      ids.map((id) => [id, id === 'nose' ? regions[id] : { ...regions[id], texture: false, shape: false }]),
    ) as typeof regions;
    const alone = (await run(ines, freja, { regions: nose })).touched;
    expect(alone[2]).toBeLessThan(0.95 * width);
    expect(alone[2] * alone[3]).toBeLessThan(0.5 * touched[2] * touched[3]);
  });

  it('keeps the landmarks of the target within 0.12 eye distances', async () => {
    const { report } = await run(ines, freja);
    const { bytes } = await studio.encodeResult(report.result, PNG);
    const again = await writeBytes(bytes, 'again.png');
    const result = await studio.open(again, { thorough: false });
    const [a, b] = [freja.faces[0]!.landmarks68, result.faces[0]!.landmarks68];
    const eyes = Math.hypot(a[36]![0] - a[45]![0], a[36]![1] - a[45]![1]);
    const mean = a.reduce((sum, [x, y], i) => sum + Math.hypot(x - b[i]![0], y - b[i]![1]) / 68, 0);
    expect(mean / eyes).toBeLessThan(0.12);
    studio.close(result.photo);
  });

  it('gives the same bits twice, also from a studio with an empty cache', async () => {
    const first = await run(ines, freja);
    await using other = createPhotoStudio({ threads: 1 });
    const [s, t] = [
      await other.open(file.ines, { thorough: false }),
      await other.open(file.freja, { thorough: false }),
    ];
    const report = await other.swap(request(s, t));
    const second = await samplesOf((await other.encodeResult(report.result, PNG)).bytes);
    expect(Buffer.compare(Buffer.from(first.samples.data), Buffer.from(second.data))).toBe(0);
  });

  it('of a face with itself gives the picture back (at least 45 dB inside the face)', async () => {
    for (const [photo, path] of [
      [ines, file.ines.path],
      [freja, file.freja.path],
    ] as const) {
      const { samples } = await run(photo, photo);
      const box = photo.faces[0]!.box.map(Math.round) as [number, number, number, number];
      expect(compare(await samplesOf(path), samples, box).psnr).toBeGreaterThan(45);
    }
  });
});

describe('settings', () => {
  it('amount 0 leaves every pixel', async () => {
    const { samples, touched } = await run(ines, freja, { amount: 0 });
    expect(samples.data).toEqual((await samplesOf(file.freja.path)).data);
    expect(touched[2]).toBe(0);
  });

  it('recolour acts and re-runs only the stages behind it', async () => {
    const full = await run(ines, freja);
    const { samples, report } = await run(ines, freja, { recolor: 0.3 });
    const ran = report.times.filter((t) => !t.cached).map((t) => t.stage);
    expect(ran).toEqual(['recolor', 'blend', 'inpaint', 'paste']);
    expect(compare(full.samples, samples, full.touched).psnr).toBeLessThan(45);
  });

  it("a region whose texture and shape stay the target's looks like the target there", async () => {
    const { regions } = DEFAULT_SWAP_SETTINGS;
    const off = { texture: false, shape: false, amount: 1 };
    const everything = Object.fromEntries(Object.keys(regions).map((id) => [id, off])) as SwapSettings['regions'];
    const nothing = await run(ines, freja, { regions: everything });
    const before = await samplesOf(file.freja.path);
    expect(nothing.samples.data).toEqual(before.data);
    const onlyNose = await run(ines, freja, { regions: { ...everything, nose: regions.nose } });
    const mouth = regionBox(freja, 48, 67);
    const nose = regionBox(freja, 27, 35);
    expect(compare(before, onlyNose.samples, nose).psnr).toBeLessThan(
      compare(before, onlyNose.samples, mouth).psnr - 6,
    );
  });

  it("a shape without its texture moves the target's own pixels", async () => {
    const { regions } = DEFAULT_SWAP_SETTINGS;
    const shapes = Object.fromEntries(
      Object.entries(regions).map(([id, r]) => [id, { ...r, texture: false }]),
    ) as SwapSettings['regions'];
    const { samples, touched } = await run(ines, freja, { regions: shapes });
    const { psnr, differentOutside } = compare(await samplesOf(file.freja.path), samples, touched);
    expect(psnr).toBeLessThan(45);
    expect(differentOutside).toBe(0);
  });

  it('an aligned crop needs no cropping', async () => {
    const { bytes } = await studio.faceThumb(freja.photo, 0, 1024);
    const crop = await studio.open(await writeBytes(bytes, 'crop.png'), { thorough: false });
    const { samples } = await run(ines, crop, { crop: false });
    expect([samples.width, samples.height]).toEqual([crop.width, crop.height]);
  });
});

describe('kinds of pictures', () => {
  it('grey stays grey, in one channel and in three', async () => {
    const single = await openEdited('freja', 'grey.png', (image) => image.greyscale().toColourspace('b-w'));
    expect(single.info.grey).toBe(true);
    const one = await run(ines, single.info);
    expect(one.samples.channels).toBe(1);
    expect(compare(single.samples, one.samples, one.touched).psnr).toBeLessThan(36);
    const triple = await openEdited('freja', 'grey3.png', (image) => image.greyscale().toColourspace('srgb'));
    const { samples } = await run(ines, triple.info);
    const colours = samples.channels;
    let spread = 0;
    for (let i = 0; i < samples.data.length; i += colours) {
      spread = Math.max(spread, Math.abs(samples.data[i]! - samples.data[i + Math.min(2, colours - 1)]!));
    }
    expect(spread).toBe(0);
  });

  it('16 bits and alpha are kept', async () => {
    const deep = await openEdited('freja', 'deep.png', (image) => image.toColourspace('rgb16').png());
    expect(deep.info.bitDepth).toBe(16);
    const result = await run(ines, deep.info);
    expect(result.samples.data).toBeInstanceOf(Uint16Array);
    expect(compare(deep.samples, result.samples, result.touched).differentOutside).toBe(0);
    const see = await openEdited('freja', 'alpha.png', (image) => image.ensureAlpha(0.6));
    const transparent = await run(ines, see.info);
    expect(transparent.samples.channels).toBe(4);
    for (let i = 3; i < see.samples.data.length; i += 4 * 97) {
      expect(transparent.samples.data[i]).toBe(see.samples.data[i]);
    }
  });

  it('a turned face is exchanged where it is', async () => {
    const turned = await openEdited('freja', 'turned.png', (image) => image.rotate(90));
    expect(Math.abs(turned.info.faces[0]!.roll)).toBeGreaterThan(60);
    const { samples, touched } = await run(ines, turned.info);
    expect(compare(turned.samples, samples, touched).differentOutside).toBe(0);
  });

  it('several faces take a source each', async () => {
    const written = await writeSample(scratch.folder, 'together', 'together.png', 900);
    const group = await studio.open(written, { thorough: false });
    expect(group.faces).toHaveLength(2);
    const before = await samplesOf(written.path);
    const report = await studio.swap({
      target: group.photo,
      assignments: [
        { targetFace: 0, source: ines.photo, sourceFace: 0 },
        { targetFace: 1, source: freja.photo, sourceFace: 0 },
      ],
      settings: DEFAULT_SWAP_SETTINGS,
    });
    expect(report.faces.map((f) => f.targetFace)).toEqual([0, 1]);
    const after = await samplesOf((await studio.encodeResult(report.result, PNG)).bytes);
    for (const face of group.faces) {
      expect(compare(before, after, face.box.map(Math.round) as [number, number, number, number]).psnr).toBeLessThan(
        36,
      );
    }
  });
});

describe('running', () => {
  it('reports progress that rises and ends below 1', async () => {
    const events: SwapProgress[] = [];
    await studio.swap(request(freja, ines), { onProgress: (e) => events.push(e) });
    const fractions = events.map((e) => e.fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(new Set(events.map((e) => e.stage)).size).toBe(STAGE_IDS.length);
    expect(Math.max(...fractions)).toBeLessThan(1);
  });

  it('stops at a cancel, before and between stages, and works afterwards', async () => {
    await expect(studio.swap(request(ines, freja), { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    const abort = new AbortController();
    const stopped = studio.swap(request(ines, freja, { amount: 0.83 }), {
      signal: abort.signal,
      onProgress: ({ stage }) => {
        if (stage === 'generate') abort.abort();
      },
    });
    await expect(stopped).rejects.toThrow(CancelledError);
    await expect(studio.swap(request(ines, freja, { amount: 0.83 }))).resolves.toBeDefined();
  });

  it('shows every stage, each different from black', async () => {
    const { report } = await run(ines, freja);
    for (const stage of STAGE_IDS) {
      const { bytes, width, height } = await studio.stage(report.result, 0, stage, 128);
      expect([width, height]).toEqual([128, 128]);
      const { data } = await samplesOf(bytes);
      expect(Array.from(data).some((v) => v > 100)).toBe(true);
    }
  });

  it('refuses what does not fit', async () => {
    const double = {
      ...request(ines, freja),
      assignments: [0, 0].map(() => ({ targetFace: 0, source: ines.photo, sourceFace: 0 })),
    };
    await expect(studio.swap(double)).rejects.toThrow(UsageError);
    await expect(
      studio.swap({ ...request(ines, freja), assignments: [{ targetFace: 7, source: ines.photo, sourceFace: 0 }] }),
    ).rejects.toThrow(UsageError);
    const grey = await writeBytes(
      await sharp({ create: { width: 200, height: 200, channels: 3, background: '#777' } })
        .png()
        .toBuffer(),
      'empty.png',
    );
    const empty = await studio.open(grey, { thorough: false });
    await expect(studio.swap(request(empty, freja))).rejects.toThrow(NoFaceError);
    expect(studio.close(empty.photo)).toBe(true);
    expect(studio.close(empty.photo)).toBe(false);
    await expect(studio.view(empty.photo, 64)).rejects.toThrow(UsageError);
  });
});

async function writeBytes(bytes: Uint8Array, name: string): Promise<{ path: string; name: string }> {
  const path = `${scratch.folder}/${name}`;
  await sharp(bytes).toFile(path);
  return { path, name };
}

/** Whole-pixel bounds of a range of the 68 landmarks. */
function regionBox(info: PhotoInfo, first: number, last: number): [number, number, number, number] {
  const points = info.faces[0]!.landmarks68.slice(first, last + 1);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return [x, y, Math.ceil(Math.max(...xs)) - x, Math.ceil(Math.max(...ys)) - y];
}
