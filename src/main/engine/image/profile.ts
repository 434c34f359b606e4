/** ICC profiles: what they describe, and the conversion of pixels from one to another (Little CMS inside libvips). */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharp } from './codec.ts';
import { greyCurve, isSrgb, profileSpace, type ToneCurve } from './icc-tags.ts';
import type { RgbImage } from './picture.ts';
import { tiffCarrier } from './tiff-carrier.ts';

export type Icc = Uint8Array<ArrayBuffer>;

/** Whether pixels can go from one profile to the other unchanged. Untagged counts as sRGB. */
export function sameProfile(a: Icc | undefined, b: Icc | undefined): boolean {
  if (a === b) return true;
  if (a && b && a.length === b.length && a.every((value, i) => value === b[i])) return true;
  return (a === undefined || isSrgb(a)) && (b === undefined || isSrgb(b));
}

/**
 * An image whose values belong to profile `from`, as values of profile `to`, perceptual intent, through 16 bits.
 * @param image encoded RGB in [0, 1]; values outside are clipped
 * @param from absent for sRGB
 * @param to absent for sRGB
 */
export async function convertProfile(image: RgbImage, from: Icc | undefined, to: Icc | undefined): Promise<RgbImage> {
  if (sameProfile(from, to)) return image;
  if (from && profileSpace(from) === 'GRAY') return convertProfile(greyToSrgb(image, from), undefined, to);
  if (to && profileSpace(to) === 'GRAY') return srgbToGrey(await convertProfile(image, from, undefined), to);
  const { width, height } = image;
  const size = width * height;
  const source = new Uint16Array(size * 3);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < size; i++) {
      source[i * 3 + c] = Math.round(Math.min(1, Math.max(0, image.data[c * size + i] as number)) * 65535);
    }
  }
  // Untagged 16-bit samples would be taken for Display P3 by sharp: the carrier always says what they are.
  const carrier = tiffCarrier({
    width,
    height,
    channels: 3,
    bitDepth: 16,
    pixels: source,
    icc: from ?? (await srgbProfile()),
  });
  const samples = await withProfileFile(to, (target) => convertSamples(carrier, target));
  const data = new Float32Array(size * 3);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < size; i++) data[c * size + i] = (samples[i * 3 + c] as number) / 65535;
  }
  return { width, height, data };
}

/** Interleaved 16-bit samples of the carrier's picture in the target profile. */
async function convertSamples(carrier: Uint8Array, target: string): Promise<Uint16Array> {
  const { data } = await sharp(carrier, { limitInputPixels: false })
    .toColourspace('rgb16')
    .withIccProfile(target)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
}

let srgb: Promise<Icc> | undefined;

/** The sRGB profile that comes with libvips. */
export function srgbProfile(): Promise<Icc> {
  srgb ??= sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } })
    .withIccProfile('srgb')
    .png()
    .toBuffer()
    .then((png) => sharp(png).metadata())
    .then(({ icc }) => new Uint8Array(icc ?? []));
  return srgb;
}

/** sRGB, IEC 61966-2-1. */
const srgbDecode = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const srgbEncode = (x: number): number => (x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055);

/** Steps of the tables that stand for tone curves: finer than 16 bits need. */
const CURVE_STEPS = 16384;

/** A function of [0, 1] as a table with straight lines between. */
function tabulate(curve: ToneCurve): ToneCurve {
  const table = Float64Array.from({ length: CURVE_STEPS + 2 }, (_, i) => curve(Math.min(1, i / CURVE_STEPS)));
  return (x) => {
    const place = Math.min(1, Math.max(0, x)) * CURVE_STEPS;
    const below = Math.floor(place);
    return (table[below] as number) + ((table[below + 1] as number) - (table[below] as number)) * (place - below);
  };
}

/** The inverse of a rising curve, by halving. */
const invert =
  (curve: ToneCurve): ToneCurve =>
  (y) => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (curve(middle) < y) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };

/** Values of a grey profile (the same in all planes) as sRGB. A profile without a tone curve is taken as sRGB. */
function greyToSrgb(image: RgbImage, grey: Icc): RgbImage {
  const curve = greyCurve(grey);
  if (!curve) return image;
  const map = tabulate((x) => srgbEncode(curve(x)));
  return { ...image, data: image.data.map(map) };
}

/** The luminance of sRGB values (Rec. 709 weights in linear light) in a grey profile, the same in all planes. */
function srgbToGrey(image: RgbImage, grey: Icc): RgbImage {
  const curve = greyCurve(grey);
  if (!curve) return image;
  const size = image.width * image.height;
  const decode = tabulate(srgbDecode);
  const inverse = invert(curve);
  // Tabulated over sRGB values, not over light: their steps are even for the eye, also in the dark.
  const encode = tabulate((x) => inverse(srgbDecode(x)));
  const data = new Float32Array(size * 3);
  for (let i = 0; i < size; i++) {
    const [red, green, blue] = [image.data[i]!, image.data[size + i]!, image.data[2 * size + i]!];
    const grey =
      red === green && green === blue
        ? red
        : srgbEncode(0.2126 * decode(red) + 0.7152 * decode(green) + 0.0722 * decode(blue));
    data[i] = encode(grey);
  }
  data.copyWithin(size, 0, size);
  data.copyWithin(2 * size, 0, size);
  return { ...image, data };
}

/** libvips takes its target profile from a file or by a built-in name. */
async function withProfileFile<T>(icc: Icc | undefined, work: (target: string) => Promise<T>): Promise<T> {
  if (!icc || isSrgb(icc)) return work('srgb');
  const file = path.join(tmpdir(), `e4s-${randomUUID()}.icc`);
  await writeFile(file, icc, { mode: 0o600 });
  try {
    return await work(file);
  } finally {
    await rm(file, { force: true });
  }
}
