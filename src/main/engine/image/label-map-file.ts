/** Label maps as pictures: a palette PNG, so that the map looks like one and its indices are the labels. */
import { deflateSync } from 'node:zlib';
import { REGIONS } from '#shared/regions.ts';
import { pngChunk } from './containers.ts';
import type { LabelMap } from './picture.ts';
import { concat } from './tiff-directory.ts';

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE = new Uint8Array([...REGIONS].sort((a, b) => a.index - b.index).flatMap((region) => [...region.color]));

/**
 * A label map as an 8-bit palette PNG: index = label 0..11, colours of the region table.
 * @throws RangeError for a label without a region, or data of another size
 */
export function encodeLabelMap({ width, height, labels }: LabelMap): Uint8Array<ArrayBuffer> {
  if (labels.length !== width * height) throw new RangeError(`${labels.length} labels for ${width}x${height}`);
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    const row = labels.subarray(y * width, (y + 1) * width);
    const wrong = row.find((label) => label >= REGIONS.length);
    if (wrong !== undefined) throw new RangeError(`label ${wrong} has no region`);
    // The byte before each row names its filter: 0, none.
    rows.set(row, y * (width + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8);
  return concat([
    SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('PLTE', PALETTE),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', new Uint8Array()),
  ]);
}
