/**
 * Pixels and their colour profile as an uncompressed TIFF in memory: the form in which libvips takes both at once.
 * Never written to disk.
 */
import type { DecodedPicture } from './picture.ts';
import { concat, layOutDirectory, type NewEntry } from './tiff-directory.ts';

type Pixels = Pick<DecodedPicture, 'width' | 'height' | 'channels' | 'bitDepth' | 'pixels' | 'icc'>;

const u16 = (...values: number[]): Uint8Array => {
  const out = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, i) => {
    out.setUint16(i * 2, value, true);
  });
  return new Uint8Array(out.buffer);
};
const u32 = (value: number): Uint8Array => {
  const out = new DataView(new ArrayBuffer(4));
  out.setUint32(0, value, true);
  return new Uint8Array(out.buffer);
};
const short = (tag: number, ...values: number[]): NewEntry => ({
  tag,
  type: 3,
  count: values.length,
  value: u16(...values),
});
const long = (tag: number, value: number): NewEntry => ({ tag, type: 4, count: 1, value: u32(value) });

/** TIFF 6.0 baseline, one strip, little-endian (the order of typed arrays on every platform that Node runs on). */
export function tiffCarrier(picture: Pixels): Uint8Array<ArrayBuffer> {
  const { width, height, channels, bitDepth, pixels, icc } = picture;
  const samples = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const hasAlpha = channels === 2 || channels === 4;
  const header = concat([new Uint8Array([0x49, 0x49, 0x2a, 0x00]), u32(8 + samples.length + (samples.length % 2))]);
  const entries: NewEntry[] = [
    long(256, width),
    long(257, height),
    short(258, ...Array.from({ length: channels }, () => bitDepth)),
    short(259, 1),
    short(262, channels < 3 ? 1 : 2),
    long(273, 8),
    short(277, channels),
    long(278, height),
    long(279, samples.length),
    ...(hasAlpha ? [short(338, 2)] : []),
    ...(icc ? [{ tag: 34675, type: 7, count: icc.length, value: icc }] : []),
  ];
  const directoryAt = 8 + samples.length + (samples.length % 2);
  const directory = layOutDirectory(entries, directoryAt, true);
  return concat([header, samples, new Uint8Array(samples.length % 2), directory]);
}
