/** ICC profiles: what they describe, and the conversion of pixels from one to another (Little CMS inside libvips). */

import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharp } from './codec.ts';
import type { RgbImage } from './picture.ts';
import { tiffCarrier } from './tiff-carrier.ts';

export type Icc = Uint8Array<ArrayBuffer>;

/** The colour space of a profile's pixels ("RGB ", "GRAY", "CMYK" …); undefined when this is no profile (ICC.1 7.2). */
export function profileSpace(icc: Uint8Array): string | undefined {
  if (icc.length < 132) return undefined;
  const text = (at: number) => String.fromCharCode(...icc.subarray(at, at + 4));
  const size = new DataView(icc.buffer, icc.byteOffset).getUint32(0);
  return text(36) === 'acsp' && size <= icc.length ? text(16) : undefined;
}

/** Whether pixels can go from one profile to the other unchanged. Untagged counts as sRGB. */
export function sameProfile(a: Icc | undefined, b: Icc | undefined): boolean {
  if (a === b) return true;
  if (a && b && a.length === b.length && a.every((value, i) => value === b[i])) return true;
  return (a === undefined || isSrgb(a)) && (b === undefined || isSrgb(b));
}

/**
 * Whether a profile says that it is sRGB: by the name in its description, which is how the many makers' versions of
 * one and the same space are told.
 */
export function isSrgb(icc: Icc): boolean {
  const head = Buffer.from(icc.buffer, icc.byteOffset, Math.min(icc.length, 4096));
  const name = /sRGB/i;
  return name.test(head.toString('latin1')) || name.test(head.toString('latin1').replaceAll('\0', ''));
}

/**
 * An image whose values belong to profile `from`, as values of profile `to`, perceptual intent, through 16 bits.
 * @param image encoded RGB in [0, 1]; values outside are clipped
 * @param from absent for sRGB
 * @param to absent for sRGB
 */
export async function convertProfile(image: RgbImage, from: Icc | undefined, to: Icc | undefined): Promise<RgbImage> {
  if (sameProfile(from, to)) return image;
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
