/** Puts a re-coloured face on the generated one: low frequencies only, so that its edges stay (E4S `_color_transfer`). */
import { byteChannel, toLevels } from '#engine/image/exact/byte-image.ts';
import { edgeMap } from '#engine/image/exact/edge-map.ts';
import { resizeAlignedCorners } from '#engine/image/exact/linear-resize.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import { softErosion } from '#engine/image/exact/soft-erosion.ts';
import type { ByteImage, LabelMap, Plane } from '#engine/image/picture.ts';
import { REGIONS, type RegionId } from '#shared/regions.ts';

const RECOLORED_REGIONS: ReadonlySet<RegionId> = new Set(['lips', 'brows', 'eyes', 'nose', 'skin', 'neck', 'mouth']);
const RECOLORED = REGIONS.map(({ id }) => (RECOLORED_REGIONS.has(id) ? 1 : 0));

/** Opacity of the re-coloured face at full strength. */
const OPACITY = 0.75;

/**
 * What the upscaler sees of a re-coloured face of 256 pixels: RGB planes in [0, 1] of the same size, enlarged to
 * `side` and reduced again, as the upscaler's own input step does.
 */
export function sharpeningInput(recolored: ByteImage, side: number): Float32Array<ArrayBuffer> {
  const large = resizePil(recolored, side, side, 'bicubic');
  const { width, height, channels } = recolored;
  const out = new Float32Array(width * height * channels);
  for (let k = 0; k < channels; k++) {
    const data = Float32Array.from(byteChannel(large, k), (v) => v / 255);
    out.set(resizeAlignedCorners({ width: side, height: side, data }, width, height).data, k * width * height);
  }
  return out;
}

/** How much of the re-coloured face each pixel takes at full strength, at the size of the generated face. */
export function recolorMask(generated: ByteImage, map: LabelMap): Plane {
  const { width, height } = generated;
  const regions = { width: map.width, height: map.height, data: Float32Array.from(map.labels, (l) => RECOLORED[l]!) };
  const { data } = softErosion(resizeAlignedCorners(regions, width, height));
  const edges = edgeMap(generated);
  for (let i = 0; i < data.length; i++) data[i] = OPACITY * Math.max(0, data[i]! - edges[i]! / 255);
  return { width, height, data };
}

/**
 * @param generated the face before re-colouring
 * @param recolored the same face in the target's colours, of the same size
 * @param map the recomposed label map
 * @param strength 0 (the generated face) .. 1
 */
export function mergeRecolored(generated: ByteImage, recolored: ByteImage, map: LabelMap, strength: number): ByteImage {
  const mask = recolorMask(generated, map).data;
  const mixed = new Float32Array(generated.data.length);
  for (let i = 0; i < mixed.length; i++) {
    const m = mask[i % mask.length]! * strength;
    mixed[i] = generated.data[i]! * (1 - m) + recolored.data[i]! * m;
  }
  return { ...generated, data: toLevels(mixed, 'round') };
}
