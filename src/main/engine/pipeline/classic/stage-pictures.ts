/** Pictures of the classic engine's stages, drawn when somebody looks at one. */
import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { withPart } from '#engine/image/crop.ts';
import type { LabelMap, RgbImage } from '#engine/image/picture.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import { type RegionId, regionIndex } from '#shared/regions.ts';
import { labelPicture } from '../label-picture.ts';
import type { ClassicFace } from './classic-face.ts';
import { type CompositeMesh, faceWindow } from './composite-mesh.ts';
import { contourPoints } from './contours.ts';
import type { Exchange } from './exchange.ts';
import type { FaceTopology } from './shape/topology.ts';
import { type DrivenTexture, drivenTexture } from './texture/driven-texture.ts';

const PAINTED: readonly { parts: readonly FacePart[]; region: RegionId }[] = [
  { parts: ['oval'], region: 'skin' },
  { parts: ['nose'], region: 'nose' },
  { parts: ['rightBrow', 'leftBrow'], region: 'brows' },
  { parts: ['rightEye', 'leftEye'], region: 'eyes' },
  { parts: ['outerLips'], region: 'lips' },
  { parts: ['innerLips'], region: 'mouth' },
];

const black = (size: number): RgbImage => ({ width: size, height: size, data: new Float32Array(3 * size * size) });

/** Only what the mesh covers, on black. */
function onBlack(image: RgbImage, { window, coverage }: DrivenTexture, size: number): RgbImage {
  const n = window.width * window.height;
  const data = image.data.slice();
  for (let i = 0; i < n; i++) if (coverage[i] === 0) for (let o = i; o < 3 * n; o += n) data[o] = 0;
  return withPart(black(size), window, { ...image, data });
}

/** The source's face on the driven mesh. */
export function drivenPicture(
  source: ClassicFace,
  target: ClassicFace,
  driven: CompositeMesh,
  topology: FaceTopology,
): RgbImage {
  const { size } = target.aligned;
  const texture = drivenTexture(source, target, driven, faceWindow(driven, size), topology);
  return onBlack(texture.image, texture, size);
}

/** The texture that stage "generate" or "recolour" made. */
export const texturePicture = (image: RgbImage, texture: DrivenTexture, size: number): RgbImage =>
  onBlack(image, texture, size);

/** Paints the features of a mesh over a label map of side `map.width` for a crop of side `size`. */
function paintFeatures(map: LabelMap, mesh: Float32Array, size: number, free: (label: number) => boolean): LabelMap {
  const side = map.width;
  const labels = map.labels.slice();
  for (const { parts, region } of PAINTED) {
    const cover = new Float32Array(side * side);
    for (const part of parts) fillPolygon(contourPoints(mesh, PARTS[part], side / size), side, side, cover);
    const index = regionIndex(region);
    for (let i = 0; i < labels.length; i++) if (cover[i]! > 0.5 && free(map.labels[i]!)) labels[i] = index;
  }
  return { ...map, labels };
}

const SIDE = 512;

/** Label map of the driven face. */
export function drivenLabels(driven: CompositeMesh, size: number): RgbImage {
  const empty = { width: SIDE, height: SIDE, labels: new Uint8Array(SIDE * SIDE) };
  return labelPicture(paintFeatures(empty, driven.composite, size, () => true));
}

/** The recomposed label map; the mismatch between the old outline and the new one is lightened. */
export function exchangedLabels(target: ClassicFace, { mesh, displacement }: Exchange): RgbImage {
  const { size } = target.aligned;
  const { labels, width: side } = target.parse.labels();
  const moved = new Uint8Array(side * side);
  const perLabel = size / side;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const j =
        Math.floor(((y + 0.5) * displacement.size) / side) * displacement.size +
        Math.floor(((x + 0.5) * displacement.size) / side);
      const sx = Math.floor(x + 0.5 + displacement.dx[j]! / perLabel);
      const sy = Math.floor(y + 0.5 + displacement.dy[j]! / perLabel);
      moved[i] = labels[Math.min(side - 1, Math.max(0, sy)) * side + Math.min(side - 1, Math.max(0, sx))]!;
    }
  }
  const inFront = new Set<number>([regionIndex('hair'), regionIndex('glasses')]);
  const map = paintFeatures({ width: side, height: side, labels: moved }, mesh.composite, size, (l) => !inFront.has(l));
  const outline = (m: Float32Array) => fillPolygon(contourPoints(m, PARTS.oval, side / size), side, side);
  const before = outline(mesh.target);
  const after = outline(mesh.composite);
  return labelPicture(
    map,
    Uint8Array.from(before, (b, i) => (b > 0.5 !== after[i]! > 0.5 ? 1 : 0)),
  );
}
