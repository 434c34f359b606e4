/** The source's texture on the composite mesh: read directly, or from the mirrored half where it is hidden or turned away. */
import { gaussianBlur } from '#engine/image/blur.ts';
import { smoothstep } from '#engine/image/math.ts';
import { dilate } from '#engine/image/morphology.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { mixPlanes, rampInPlace } from '#engine/image/pointwise.ts';
import { resizePlane, shrinkPlane } from '#engine/image/resize.ts';
import { sampleBilinear, sampleCubic } from '#engine/image/warp.ts';
import type { Rect } from '#engine/image/working.ts';
import type { ClassicFace } from '../classic-face.ts';
import type { CompositeMesh } from '../composite-mesh.ts';
import { softSkin, sourceCover } from '../mattes.ts';
import type { FaceTopology } from '../shape/topology.ts';
import { moveGaze } from './gaze.ts';
import { type WarpFields, warpFields } from './warp-fields.ts';

export interface DrivenTexture {
  /** The window of the target's crop. */
  readonly window: Rect;
  readonly image: RgbImage;
  /** 1 where the mesh (with forehead) lies. */
  readonly coverage: Float32Array;
  /** 1 where the source shows nothing usable, neither here nor on the mirrored half. */
  readonly lost: Float32Array;
  /** Probability that the source shows bare skin, at half size. */
  readonly skinHalf: Float32Array;
  /** Coverage at half size. */
  readonly coverageHalf: Float32Array;
  /** Share that is read directly, not from the mirrored half, at half size. */
  readonly directHalf: Float32Array;
}

/** Softening of the seam between direct and mirrored texture, and of the lost area, pixels at 1024. */
const MIRROR_SEAM = 10;
const LOST_SEAM = 3;
/** Width of the band at the outline in which covered texture is not taken from the other half, pixels at 1024. */
const EDGE_BAND = 24;
const NEARLY_ONE = 0.995;

/** How far what covers the target keeps its margin, pixels at 1024: about as far as the source's cover is widened. */
const TARGET_MARGIN = 12;

/** 1 beside what covers the target, half size. */
function besideCover(occluder: Float32Array, { width, height }: Rect, scale: number): Float32Array {
  const half = shrinkPlane(occluder, width, height, 2);
  const radius = Math.max(1, Math.round((TARGET_MARGIN * scale) / 2));
  const wide = dilate(half.data, half.width, half.height, radius);
  return gaussianBlur(wide, half.width, half.height, Math.max(1, radius / 2));
}

/**
 * How much each place reads directly (1) or from its mirror image (0), and where both are hidden. Half size.
 * @param beside where the target is covered or nearly so
 */
function chooseSide(
  fields: WarpFields,
  cover: Float32Array,
  coverMirrored: Float32Array,
  beside: Float32Array | undefined,
  scale: number,
) {
  const n = fields.width * fields.height;
  const inner = gaussianBlur(fields.coverage, fields.width, fields.height, (EDGE_BAND * scale) / 2);
  const direct = newPlane(n).fill(1);
  for (let i = 0; i < n; i++) {
    if (!(fields.coverage[i]! > 0)) continue;
    const facing = fields.facing[i]!;
    // Texture seen edge-on is only smeared when it will be seen more squarely than that.
    const stretched = smoothstep(0.85, 0.5, facing / Math.max(0.05, fields.facingTarget[i]!));
    const turned =
      stretched * smoothstep(0.12, 0.42, fields.facingMirrored[i]! - facing) * smoothstep(0.35, 0.1, facing);
    // Near the outline, and beside the target's hair, its own skin does as well as the other half of the source.
    const covered = smoothstep(0.3, 0.7, cover[i]! - coverMirrored[i]!) * smoothstep(0.75, 0.95, inner[i]!);
    const own = beside ? smoothstep(0.05, 0.3, beside[i]!) : 0;
    direct[i] = (1 - turned) * (1 - covered * (1 - own));
  }
  return direct;
}

type Pair = readonly [Float32Array, Float32Array];

/** Places in the source's crop at full size: displacement planes enlarged, plus each pixel's own place. */
function positions({ width: fw, height: fh }: WarpFields, [u, v]: Pair, { x, y, width, height }: Rect): Pair {
  return [
    resizePlane(u, fw, fh, width, height, { x: 1, y: 0, offset: x + 0.5 }),
    resizePlane(v, fw, fh, width, height, { x: 0, y: 1, offset: y + 0.5 }),
  ];
}

/** Reads maps of the source, of side `size`, at the half-size places of a pair of displacement planes. */
function mapReader({ width, height }: WarpFields, [u, v]: Pair, { x, y }: Rect, size: number, cropSize: number) {
  const places = {
    u: resizePlane(u, width, height, width, height, { x: 2, y: 0, offset: x + 1 }),
    v: resizePlane(v, width, height, width, height, { x: 0, y: 2, offset: y + 1 }),
  };
  return (map: Float32Array) =>
    sampleBilinear(map, size, size, 1, { ...places, width, height, stride: width, scale: size / cropSize });
}

/**
 * Draws the source's texture onto the composite mesh inside the window.
 * @param occluder opacity of what covers the target, over the window
 */
export function drivenTexture(
  source: ClassicFace,
  target: ClassicFace,
  mesh: CompositeMesh,
  window: Rect,
  topology: FaceTopology,
  occluder?: Float32Array,
): DrivenTexture {
  const { parse, aligned } = source;
  const { width, height } = window;
  const fields = warpFields(mesh, window, topology);
  const coverMap = sourceCover(source);
  const read = mapReader(fields, fields.direct, window, parse.size, aligned.size);
  const readMirrored = mapReader(fields, fields.mirrored, window, parse.size, aligned.size);
  const cover = read(coverMap);
  const coverMirrored = readMirrored(coverMap);
  const scale = aligned.size / 1024;
  const directHalf = gaussianBlur(
    chooseSide(fields, cover, coverMirrored, occluder && besideCover(occluder, window, scale), scale),
    fields.width,
    fields.height,
    (MIRROR_SEAM * scale) / 2,
  );
  const enlarge = (plane: Float32Array) => resizePlane(plane, fields.width, fields.height, width, height);
  const coverage = enlarge(fields.coverage);
  for (let i = 0; i < coverage.length; i++) coverage[i] = coverage[i]! > 0.3 ? 1 : 0;
  const direct = enlarge(directHalf);
  const [u, v] = positions(fields, fields.direct, window);
  moveGaze(u, v, window, mesh, aligned.landmarks, target.aligned.landmarks);
  const data = sampleCubic(aligned.crop, u, v, coverage);
  const n = width * height;
  const need = newPlane(n);
  let mirroredPixels = 0;
  for (let i = 0; i < n; i++) {
    if (coverage[i]! > 0 && direct[i]! < NEARLY_ONE) {
      need[i] = 1;
      mirroredPixels++;
    } else direct[i] = 1;
  }
  if (mirroredPixels > 0) {
    const [mu, mv] = positions(fields, fields.mirrored, window);
    const other = sampleCubic(aligned.crop, mu, mv, need);
    mixPlanes(data, other, direct);
  }
  const nHalf = fields.width * fields.height;
  const skin = read(softSkin(parse));
  const skinMirrored = readMirrored(softSkin(parse));
  const lostHalf = newPlane(nHalf);
  for (let i = 0; i < nHalf; i++) {
    const d = directHalf[i]!;
    if (fields.coverage[i]! > 0) lostHalf[i] = d * cover[i]! + (1 - d) * coverMirrored[i]!;
    skin[i] = d * skin[i]! + (1 - d) * skinMirrored[i]!;
  }
  const lost = enlarge(gaussianBlur(lostHalf, fields.width, fields.height, (LOST_SEAM * scale) / 2));
  rampInPlace(lost, 0, 1 / 1.6);
  return {
    window,
    image: { width, height, data },
    coverage,
    lost,
    skinHalf: skin,
    coverageHalf: fields.coverage,
    directHalf,
  };
}
