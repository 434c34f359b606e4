/** The label map that network measurements use: one of the project's own making, or a CelebAMask-HQ map from a file. */
import { UsageError } from '#engine/errors.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { mergeTable } from '#shared/regions.ts';
import { drawnFaceLabels } from './drawn-labels.ts';

export const MAP_SIZE = 512;

/** 512² labels 0..11. @param file a grey 512×512 picture with CelebAMask-HQ class ids */
export async function regionMap(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined) return drawnFaceLabels(MAP_SIZE);
  const picture = await decodePicture(file, file);
  if (picture.width !== MAP_SIZE || picture.height !== MAP_SIZE || picture.bitDepth !== 8)
    throw new UsageError(`${file} is not an 8-bit label map of ${MAP_SIZE}×${MAP_SIZE} pixels.`);
  const merge = mergeTable('celeba');
  return Uint8Array.from({ length: MAP_SIZE ** 2 }, (_, at) => merge[picture.pixels[at * picture.channels] as number]!);
}
