/** Where a face has edges: a re-coloured picture must not be pasted there, since it is softer (E4S `get_edge`). */
import type { ByteImage } from '../picture.ts';
import { byteChannel } from './byte-image.ts';
import { blurLevels, GAUSSIAN_3, GAUSSIAN_5 } from './gaussian.ts';
import { greyLevels } from './grey.ts';
import { mirror } from './mirror.ts';

/** Edges from this level of grey on are strengthened. */
const STRONG = 128;
const GAIN = 1.05;

/** |dx| + |dy| of the Sobel filter 3 x 3, each clipped to 255, and the sum too; the picture is mirrored at its border. */
function sobelLevels(source: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const above = mirror(y - 1, height) * width;
    const middle = y * width;
    const below = mirror(y + 1, height) * width;
    for (let x = 0; x < width; x++) {
      const l = mirror(x - 1, width);
      const r = mirror(x + 1, width);
      const [a, b, c] = [source[above + l]!, source[above + x]!, source[above + r]!];
      const [f, g, h] = [source[below + l]!, source[below + x]!, source[below + r]!];
      const dx = c + 2 * source[middle + r]! + h - a - 2 * source[middle + l]! - f;
      const dy = f + 2 * g + h - a - 2 * b - c;
      out[middle + x] = Math.min(255, Math.min(255, Math.abs(dx)) + Math.min(255, Math.abs(dy)));
    }
  }
  return out;
}

/** Grey edges of an RGB picture before they are softened. */
export function sobelEdges(image: ByteImage): Uint8Array<ArrayBuffer> {
  const { width, height } = image;
  const [r, g, b] = [0, 1, 2].map((k) => sobelLevels(byteChannel(image, k), width, height)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return greyLevels(r, g, b);
}

/** Soft grey edges 0..255 of an RGB picture. */
export function edgeMap(image: ByteImage): Uint8Array<ArrayBuffer> {
  const { width, height } = image;
  const edges = sobelEdges(image);
  const soft = blurLevels(edges, width, height, GAUSSIAN_3);
  for (let i = 0; i < soft.length; i++) if (edges[i]! >= STRONG) soft[i] = Math.min(soft[i]! * GAIN, 255);
  return blurLevels(soft, width, height, GAUSSIAN_5);
}
