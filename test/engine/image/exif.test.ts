import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exifForTiff, exifFromTiff, uprightExif } from '#engine/image/exif.ts';
import { layOutDirectory, type NewEntry, readEntries, readHeader } from '#engine/image/tiff-directory.ts';
import { exifBlock } from './pictures.ts';

const tags = (entries: readonly NewEntry[]) => entries.map((entry) => entry.tag);

test('a big-endian block goes into a little-endian TIFF with the same values', () => {
  const entries = exifForTiff(exifBlock({ orientation: 6, thumbnail: true }));
  expect(tags(entries)).toEqual([0x0110, 0x8769, 0x8825]);
  const values = (tag: number, of: readonly NewEntry[] = entries) => of.find((entry) => entry.tag === tag)?.value ?? [];
  expect(new TextDecoder().decode(values(0x0110) as Uint8Array)).toBe('Testcam 3000\0');
  const exposure = values(0x829a, values(0x8769) as NewEntry[]);
  expect([...(exposure as Uint8Array)]).toEqual([1, 0, 0, 0, 50, 0, 0, 0]);
  expect(tags(values(0x8825) as NewEntry[])).toEqual([1]);
});

test('and comes out of the TIFF again', () => {
  const block = exifBlock({ orientation: 1, thumbnail: false });
  const header = Uint8Array.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0]);
  const directory = layOutDirectory(exifForTiff(block), 8, true);
  const tiff = new Uint8Array(8 + directory.length);
  tiff.set(header);
  tiff.set(directory, 8);
  const again = exifFromTiff(tiff);
  expect(again && exifForTiff(again)).toEqual(exifForTiff(block));
});

test('a thumbnail is erased with its directory, the orientation becomes upright', () => {
  const before = exifBlock({ orientation: 8, thumbnail: true });
  const after = uprightExif(before);
  const header = after && readHeader(after);
  if (!after || !header) throw new Error('the block is gone');
  const first = readEntries(after, header.firstDirectory, header.littleEndian);
  expect(first.next).toBe(0);
  const orientation = first.entries.find((entry) => entry.tag === 0x0112);
  expect([...(orientation?.value ?? [])]).toEqual([0, 1]);
  expect(Buffer.from(after).includes('THUMB')).toBe(false);
  expect(after).toHaveLength(before.length);
});

test('the prefix of JPEG is taken off', () => {
  const block = exifBlock({ orientation: 1, thumbnail: false });
  const prefixed = new Uint8Array([...Buffer.from('Exif\0\0'), ...block]);
  expect(uprightExif(prefixed)).toEqual(block);
});

test('a damaged block is left out or repaired, never a failure', () => {
  const block = exifBlock({ orientation: 6, thumbnail: true });
  fc.assert(
    fc.property(
      fc.nat(block.length),
      fc.array(fc.tuple(fc.nat(block.length - 1), fc.nat(255)), { maxLength: 6 }),
      (cut, edits) => {
        const damaged = block.slice();
        for (const [at, value] of edits) damaged[at] = value;
        const part = damaged.slice(0, cut);
        const upright = uprightExif(part);
        if (upright) expect(upright).toHaveLength(part.length);
        exifForTiff(part);
        exifFromTiff(part);
      },
    ),
    { numRuns: 500 },
  );
});
