/** Runs an upscaler in tiles, so that its memory does not grow with the picture (RealESRGAN: tiles of 400, 40 pixels of margin). */

export const TILE_SIDE = 400;
export const TILE_MARGIN = 40;

/** A part of one axis: [from, to) is kept of what is computed from [start, end). */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

function spans(length: number, side: number, margin: number): Span[] {
  return Array.from({ length: Math.ceil(length / side) }, (_, i) => {
    const from = i * side;
    const to = Math.min(from + side, length);
    return { from, to, start: Math.max(0, from - margin), end: Math.min(length, to + margin) };
  });
}

/** Three planes, one after another. */
export interface RgbPlanes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

function cut({ width, height, data }: RgbPlanes, columns: Span, rows: Span): RgbPlanes {
  const w = columns.end - columns.start;
  const h = rows.end - rows.start;
  const out = new Float32Array(3 * w * h);
  for (let k = 0; k < 3; k++) {
    for (let y = 0; y < h; y++) {
      const from = k * width * height + (rows.start + y) * width + columns.start;
      out.set(data.subarray(from, from + w), (k * h + y) * w);
    }
  }
  return { width: w, height: h, data: out };
}

export interface TileOptions {
  /** Side of a tile without its margin, pixels of the picture. */
  readonly side?: number | undefined;
  readonly margin?: number | undefined;
  /** Whether anything of a part of the picture, [left, right) x [top, bottom), is wanted; the rest stays black. */
  readonly isWanted?: ((left: number, top: number, right: number, bottom: number) => boolean) | undefined;
}

/**
 * The picture enlarged `factor` times by `upscale`, tile by tile. Each tile is computed with a margin of its surroundings
 * that is cut away.
 * @param upscale takes a part of the picture and returns it enlarged
 */
export async function upscaleInTiles(
  picture: RgbPlanes,
  factor: number,
  upscale: (tile: RgbPlanes) => Promise<Float32Array>,
  { side = TILE_SIDE, margin = TILE_MARGIN, isWanted = () => true }: TileOptions = {},
): Promise<RgbPlanes> {
  const [width, height] = [picture.width * factor, picture.height * factor];
  const data = new Float32Array(3 * width * height);
  for (const rows of spans(picture.height, side, margin)) {
    for (const columns of spans(picture.width, side, margin)) {
      if (!isWanted(columns.from, rows.from, columns.to, rows.to)) continue;
      const tile = cut(picture, columns, rows);
      const enlarged = await upscale(tile);
      const [w, h] = [tile.width * factor, tile.height * factor];
      const [left, right] = [(columns.from - columns.start) * factor, (columns.to - columns.start) * factor];
      const top = (rows.from - rows.start) * factor;
      for (let k = 0; k < 3; k++) {
        for (let y = 0; y < (rows.to - rows.from) * factor; y++) {
          const row = (k * h + top + y) * w;
          const to = (k * height + rows.from * factor + y) * width + columns.from * factor;
          data.set(enlarged.subarray(row + left, row + right), to);
        }
      }
    }
  }
  return { width, height, data };
}
