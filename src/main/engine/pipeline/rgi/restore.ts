/** Restores a face of any size to 1024 pixels: CodeFormer at 512, then an upscaler and half its size (spec pipeline 6.3). */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { halfLanczos } from '#engine/image/exact/half-lanczos.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import { CODEFORMER_SIZE } from '#engine/networks/codeformer.ts';
import { fromSigned } from './gpen-face.ts';
import { CODEFORMER, CROP_SIZE } from './graphs.ts';
import type { RgiNetworks } from './networks.ts';
import type { RgiFeatures } from './readiness.ts';
import { numbersOf, signedTensor } from './tensors.ts';
import { upscale } from './upscale.ts';

/** Without CodeFormer the picture is enlarged as it is; without the upscaler the restored face is. */
export async function restoreFace(
  networks: RgiNetworks,
  features: RgiFeatures,
  picture: ByteImage,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const enlarge = (image: ByteImage): ByteImage => resizePil(image, CROP_SIZE, CROP_SIZE, 'bicubic');
  if (!features.restoration) return enlarge(picture);
  const small = resizePil(picture, CODEFORMER_SIZE, CODEFORMER_SIZE, 'bicubic');
  const { y } = await networks.run(CODEFORMER, { x: signedTensor(small) }, signal);
  const restored = fromSigned(numbersOf(y), CODEFORMER_SIZE);
  if (!features.upscaling) return enlarge(restored);
  return halfLanczos(await upscale(networks, 'realesrgan-x4plus', fromByteImage(restored), signal));
}
