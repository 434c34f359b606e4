/** Fills the mismatch region of a swapped crop by the inpainting network (spec pipeline 8). */
import type { ByteImage } from '#engine/image/picture.ts';
import { INPAINTER_SIZE } from '#engine/networks/inpainter.ts';
import { INPAINTER, inpainterNoise } from './graphs.ts';
import { fillFromOutput, type Hole, inpainterInput, inpaintMask, isEmptyHole } from './inpaint-merge.ts';
import { compose } from './multi-band.ts';
import type { NetworkRunner } from './networks.ts';
import type { RgiFeatures } from './readiness.ts';
import { restoreFace } from './restore.ts';
import { seededNoise } from './seeded-noise.ts';
import { numbersOf } from './tensors.ts';

/** Each layer of noise has its own seed. */
const SEED = 20_230_618;

const noiseInputs = () =>
  Object.fromEntries(
    inpainterNoise.map(({ name, size }, layer) => [
      name,
      { dims: [1, 1, size, size], data: seededNoise(SEED + layer, size * size) },
    ]),
  );

/** The picture itself where there is no hole, or no network to fill it. @param picture of 1024 pixels */
export async function fillHole(
  networks: NetworkRunner,
  features: RgiFeatures,
  picture: ByteImage,
  hole: Hole,
  signal?: AbortSignal,
): Promise<ByteImage> {
  if (!features.inpainting || isEmptyHole(hole)) return picture;
  const input = inpainterInput(picture, hole);
  const x = { dims: [1, 4, INPAINTER_SIZE, INPAINTER_SIZE], data: input.x };
  const ratio = { dims: [1], data: Float32Array.of(input.areaRatio) };
  const { y } = await networks.run(INPAINTER, { x, ratio, ...noiseInputs() }, signal);
  const mask = inpaintMask(hole, picture.width);
  const filled = await restoreFace(networks, features, fillFromOutput(input, numbersOf(y)), signal, mask);
  return compose(filled, picture, mask);
}
