/** The composite of two pictures and their multi-band blend (Burt and Adelson 1983; E4S `multi_band_blending`). */
import { pyramidDown, pyramidDownLevels, pyramidUp } from '#engine/image/exact/binomial-pyramid.ts';
import { toLevels } from '#engine/image/exact/byte-image.ts';
import type { ByteImage, Plane } from '#engine/image/picture.ts';
import type { CompositeMasks } from './masks.ts';

/** Levels of grey in planes; the pyramid of an 8-bit picture is 8-bit too. */
export interface LevelImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Float32Array;
}

/** top · mask + bottom · (1 - mask), rounded. The mask is of the pictures' size. */
export function compose(top: ByteImage, bottom: ByteImage, mask: Plane): ByteImage {
  const n = mask.data.length;
  const mixed = new Float32Array(bottom.data.length);
  for (let i = 0; i < mixed.length; i++) {
    const m = mask.data[i % n]!;
    mixed[i] = top.data[i]! * m + bottom.data[i]! * (1 - m);
  }
  return { ...bottom, data: toLevels(mixed, 'round') };
}

type Level = Uint8Array | Float32Array;

/** Sizes of the levels: halves of width and height down to 2. @throws RangeError unless both halve evenly */
function levelSizes(width: number, height: number): [number, number][] {
  const sizes: [number, number][] = [];
  for (let [w, h] = [width, height]; Math.min(w, h) >= 2; w /= 2, h /= 2) {
    if (w % 2 !== 0 || h % 2 !== 0) throw new RangeError(`a picture of ${width}x${height} does not halve evenly`);
    sizes.push([w, h]);
  }
  return sizes;
}

function gaussianLevels(base: Level, sizes: readonly [number, number][]): Level[] {
  const levels = [base];
  for (const [w, h] of sizes.slice(0, -1)) {
    const finer = levels[levels.length - 1]!;
    levels.push(finer instanceof Uint8Array ? pyramidDownLevels(finer, w, h) : pyramidDown(finer, w, h));
  }
  return levels;
}

/** Band `i` of a Gaussian pyramid; the last one is low-pass. */
function bandOf(levels: readonly Level[], sizes: readonly [number, number][], i: number): Float32Array {
  const coarser = levels[i + 1];
  if (!coarser) return Float32Array.from(levels[i]!);
  const band = pyramidUp(coarser, ...sizes[i + 1]!);
  for (let p = 0; p < band.length; p++) band[p] = levels[i]![p]! - band[p]!;
  return band;
}

/**
 * In each band, `inside` where the mask is 1 and `outside` where it is 0, over as wide a seam as the band's waves are
 * long. Real levels, neither clipped nor rounded. Width and height must be powers of two (times a common even factor).
 */
export function blendBands(inside: LevelImage, outside: LevelImage, mask: Plane): Float32Array<ArrayBuffer> {
  const { width, height, channels } = inside;
  const sizes = levelSizes(width, height);
  const n = width * height;
  const weights = gaussianLevels(mask.data, sizes);
  const out = new Float32Array(n * channels);
  for (let k = 0; k < channels; k++) {
    const pyramids = [inside, outside].map(({ data }) => gaussianLevels(data.subarray(k * n, (k + 1) * n), sizes));
    let image = new Float32Array(0);
    for (let i = sizes.length - 1; i >= 0; i--) {
      const [a, b] = pyramids.map((levels) => bandOf(levels, sizes, i)) as [Float32Array, Float32Array];
      const m = weights[i]!;
      const finer = i === sizes.length - 1 ? new Float32Array(a.length) : pyramidUp(image, ...sizes[i + 1]!);
      for (let p = 0; p < finer.length; p++) finer[p]! += a[p]! * m[p]! + b[p]! * (1 - m[p]!);
      image = finer;
    }
    out.set(image, k * n);
  }
  return out;
}

/**
 * The face in the target: the composite by its content mask, whose bands are the target's in the ring. Far from the face
 * the target's levels are kept as they are.
 */
export function blendFace(face: ByteImage, target: ByteImage, masks: CompositeMasks): ByteImage {
  const blended = blendBands(target, compose(face, target, masks.content), masks.border);
  const n = target.width * target.height;
  for (let i = 0; i < blended.length; i++) {
    const kept = target.data[i]!;
    blended[i] = kept + masks.reach.data[i % n]! * (blended[i]! - kept);
  }
  return { ...target, data: toLevels(blended, 'round') };
}
