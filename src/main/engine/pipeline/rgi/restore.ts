/** Restores a face of any size to 1024 pixels: CodeFormer at 512, then an upscaler and half its size (spec pipeline 6.3). */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { halfLanczos } from '#engine/image/exact/half-lanczos.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage, Plane } from '#engine/image/picture.ts';
import { CODEFORMER_SIZE } from '#engine/networks/codeformer.ts';
import { fromSigned } from './gpen-face.ts';
import { CODEFORMER, CROP_SIZE } from './graphs.ts';
import type { NetworkRunner } from './networks.ts';
import type { RgiFeatures } from './readiness.ts';
import { numbersOf, signedTensor } from './tensors.ts';
import { upscale } from './upscale.ts';

/** Small tiles fit a small part of the picture better. */
const PART_TILE = 128;
/** Pixels of the result that its last step reads beyond its own, at 1024. */
const REACH = 4;

/** Whether a mask of 1024 pixels is anything but 0 over a tile of the picture of 512. */
const covers =
  ({ width, height, data }: Plane) =>
  (...tile: readonly number[]): boolean => {
    const scale = width / CODEFORMER_SIZE;
    const [left, top] = tile.slice(0, 2).map((v) => Math.max(0, v * scale - REACH)) as [number, number];
    const right = Math.min(width, tile[2]! * scale + REACH);
    const bottom = Math.min(height, tile[3]! * scale + REACH);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) if (data[y * width + x]! > 0) return true;
    }
    return false;
  };

/**
 * Without CodeFormer the picture is enlarged as it is; without the upscaler the restored face is.
 * @param where what of the result is needed, 1024 x 1024; what it is 0 over may be black
 */
export async function restoreFace(
  networks: NetworkRunner,
  features: RgiFeatures,
  picture: ByteImage,
  signal?: AbortSignal,
  where?: Plane,
): Promise<ByteImage> {
  const enlarge = (image: ByteImage): ByteImage => resizePil(image, CROP_SIZE, CROP_SIZE, 'bicubic');
  if (!features.restoration) return enlarge(picture);
  const small = resizePil(picture, CODEFORMER_SIZE, CODEFORMER_SIZE, 'bicubic');
  const { y } = await networks.run(CODEFORMER, { x: signedTensor(small) }, signal);
  const restored = fromSigned(numbersOf(y), CODEFORMER_SIZE);
  if (!features.upscaling) return enlarge(restored);
  const tiles = where && { side: PART_TILE, isWanted: covers(where) };
  return halfLanczos(await upscale(networks, 'realesrgan-x4plus', fromByteImage(restored), signal, tiles));
}
