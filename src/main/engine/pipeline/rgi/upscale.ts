/** Fourfold enlargement by an RRDBNet, in tiles where the picture is large. */
import type { ByteImage } from '#engine/image/picture.ts';
import { type UpscalerId, upscalerOf } from './graphs.ts';
import type { NetworkRunner } from './networks.ts';
import { fromUnit, numbersOf } from './tensors.ts';
import { type RgbPlanes, type TileOptions, upscaleInTiles } from './tile.ts';

const FACTOR = 4;
/**
 * Smaller than the original's 400, for as much work on a picture of 512: a run's memory goes with the tile's area.
 */
const TILE = { side: 256, margin: 40 } as const;

/** @param picture values in [0, 1] @param tiles smaller ones, or not all of them */
export async function upscale(
  networks: NetworkRunner,
  network: UpscalerId,
  picture: RgbPlanes,
  signal?: AbortSignal,
  tiles: TileOptions = {},
): Promise<ByteImage> {
  const { width, height, data } = await upscaleInTiles(
    picture,
    FACTOR,
    async (tile) => {
      const x = { dims: [1, 3, tile.height, tile.width], data: tile.data };
      return numbersOf((await networks.run(upscalerOf(network, tile.width, tile.height), { x }, signal))['y']);
    },
    { ...TILE, ...tiles },
  );
  return fromUnit({ dims: [1, 3, height, width], data });
}
