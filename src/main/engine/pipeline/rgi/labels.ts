/** Labels of a face by BiSeNet: the parser's own classes, which the re-colouring needs, and the 12 regions. */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { halfBicubic } from '#engine/image/exact/half-bicubic.ts';
import type { ByteImage, LabelMap, RgbImage } from '#engine/image/picture.ts';
import { mergeTable } from '#shared/regions.ts';
import { LABEL_SIZE, PARSER } from './graphs.ts';
import type { NetworkRunner } from './networks.ts';
import { normalisedTensor, numbersOf } from './tensors.ts';

export interface FaceLabels {
  /** Classes of the parser, 0 to 18, 512 x 512. */
  readonly classes: Uint8Array<ArrayBuffer>;
  readonly regions: LabelMap;
}

const REGION_OF_CLASS = mergeTable('bisenet');

/** The first largest of `count` planes, pixel by pixel. */
export function largestPlane(values: Float32Array, count: number): Uint8Array<ArrayBuffer> {
  const n = values.length / count;
  const best = new Uint8Array(n);
  const top = values.slice(0, n);
  for (let label = 1; label < count; label++) {
    for (let i = 0, p = label * n; i < n; i++, p++) {
      if (values[p]! <= top[i]!) continue;
      top[i] = values[p]!;
      best[i] = label;
    }
  }
  return best;
}

/** Parser classes of a picture of 512 pixels in [0, 1]. */
export async function parserClasses(
  networks: NetworkRunner,
  picture: RgbImage,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { logits } = await networks.run(PARSER, { x: normalisedTensor(picture) }, signal);
  return largestPlane(numbersOf(logits), logits!.dims[1]!);
}

/** Labels of a crop of 1024 pixels. */
export async function labelsOfFace(
  networks: NetworkRunner,
  crop: ByteImage,
  signal?: AbortSignal,
): Promise<FaceLabels> {
  const classes = await parserClasses(networks, halfBicubic(fromByteImage(crop)), signal);
  const labels = classes.map((id) => REGION_OF_CLASS[id]!);
  return { classes, regions: { width: LABEL_SIZE, height: LABEL_SIZE, labels } };
}
