/** Small pictures and metadata blocks that the tests of decoding and encoding share. */
import sharp from 'sharp';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { concat, layOutDirectory, type NewEntry } from '#engine/image/tiff-directory.ts';

/** A picture of reproducible noise. */
export function noise(size: Pick<DecodedPicture, 'width' | 'height' | 'channels' | 'bitDepth'>): DecodedPicture {
  const length = size.width * size.height * size.channels;
  const pixels = size.bitDepth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pixels[i] = size.bitDepth === 16 ? state >>> 16 : state >>> 24;
  }
  return { ...size, pixels, format: 'raw', notices: [] };
}

/** One of the profiles that come with the codec. */
export async function profileNamed(name: 'srgb' | 'p3'): Promise<Uint8Array<ArrayBuffer>> {
  const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .withIccProfile(name)
    .png()
    .toBuffer();
  return new Uint8Array((await sharp(png).metadata()).icc ?? []);
}

/** A minimal grey profile (ICC v2, or v4 for a formula) with the tone curve given one of three ways. */
export function greyProfile(curve: {
  gamma?: number;
  samples?: readonly number[];
  formula?: readonly number[];
}): Uint8Array<ArrayBuffer> {
  const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));
  const numbers = (bytes: 2 | 4, ...values: number[]) => {
    const view = new DataView(new ArrayBuffer(values.length * bytes));
    values.forEach((value, i) => {
      if (bytes === 2) view.setUint16(i * 2, Math.round(value));
      else view.setInt32(i * 4, Math.round(value));
    });
    return new Uint8Array(view.buffer);
  };
  const trc = curve.formula
    ? concat([
        text('para'),
        numbers(4, 0),
        numbers(2, 3, 0),
        numbers(4, ...curve.formula.map((value) => value * 65536)),
      ])
    : curve.samples
      ? concat([
          text('curv'),
          numbers(4, 0, curve.samples.length),
          numbers(2, ...curve.samples.map((value) => value * 65535)),
        ])
      : concat([text('curv'), numbers(4, 0, 1), numbers(2, (curve.gamma ?? 1) * 256), numbers(2, 0)]);
  const name = text('Test grey\0');
  const tags: readonly [string, Uint8Array][] = [
    [
      'desc',
      curve.formula
        ? concat([text('mluc'), numbers(4, 0, 1, 12), text('enUS'), numbers(4, 4, 28), numbers(2, 0x47, 0x79)])
        : concat([text('desc'), numbers(4, 0, name.length), name, new Uint8Array(80)]),
    ],
    ['wtpt', concat([text('XYZ '), numbers(4, 0, 63190, 65536, 54061)])],
    ['kTRC', trc],
  ];
  const head = new Uint8Array(128);
  const view = new DataView(head.buffer);
  const table: Uint8Array[] = [numbers(4, tags.length)];
  const data: Uint8Array[] = [];
  let offset = 128 + 4 + tags.length * 12;
  for (const [tag, value] of tags) {
    const padded = concat([value, new Uint8Array((4 - (value.length % 4)) % 4)]);
    table.push(text(tag), numbers(4, offset, value.length));
    data.push(padded);
    offset += padded.length;
  }
  view.setUint32(0, offset);
  view.setUint32(8, curve.formula ? 0x04200000 : 0x02100000);
  head.set(text('mntrGRAYXYZ '), 12);
  head.set(text('acsp'), 36);
  head.set(numbers(4, 63190, 65536, 54061), 68);
  return concat([head, ...table, ...data]);
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);

/** A big-endian EXIF block: camera model, orientation, exposure time, GPS latitude, and a "thumbnail" where wanted. */
export function exifBlock(options: { orientation: number; thumbnail: boolean }): Uint8Array<ArrayBuffer> {
  const entry = (tag: number, type: number, count: number, value: Uint8Array | NewEntry[]): NewEntry => ({
    tag,
    type,
    count,
    value,
  });
  const model = ascii('Testcam 3000');
  const head = new Uint8Array([0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8]);
  const first = layOutDirectory(
    [
      entry(0x0110, 2, model.length, model),
      entry(0x0112, 3, 1, new Uint8Array([0, options.orientation])),
      entry(0x8769, 4, 1, [entry(0x829a, 5, 1, new Uint8Array([0, 0, 0, 1, 0, 0, 0, 50]))]),
      entry(0x8825, 4, 1, [entry(0x0001, 2, 2, ascii('N'))]),
    ],
    8,
    false,
  );
  if (!options.thumbnail) return concat([head, first]);
  const thumbnail = ascii('OLD FACE THUMBNAIL');
  const secondAt = 8 + first.length;
  const offset = new Uint8Array(4);
  new DataView(offset.buffer).setUint32(0, secondAt + 2 + 2 * 12 + 4);
  const second = layOutDirectory(
    [entry(0x0201, 4, 1, offset), entry(0x0202, 4, 1, new Uint8Array([0, 0, 0, thumbnail.length]))],
    secondAt,
    false,
  );
  // The directory's link to the next one follows its four entries.
  new DataView(first.buffer).setUint32(2 + 4 * 12, secondAt);
  return concat([head, first, second, thumbnail]);
}
