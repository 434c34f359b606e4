/** The exchange of shapes: the composite mesh, and the target put onto it. */
import { PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { cropRgb } from '#engine/image/crop.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { raiseTo, rampInPlace } from '#engine/image/pointwise.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import type { Rect } from '#engine/image/working.ts';
import type { ClassicFace } from './classic-face.ts';
import { type CompositeMesh, composeMesh, faceWindow, meshInWindow } from './composite-mesh.ts';
import { contourPoints } from './contours.ts';
import { EXTENDED_VERTICES, FOREHEAD_EDGE, heightOf } from './shape/forehead.ts';
import type { ShapeWeights } from './shape/shape-weights.ts';
import type { FaceTopology } from './shape/topology.ts';
import { type CropMap, type Displacement, displaceTarget, targetDisplacement } from './surroundings.ts';

export interface Exchange {
  readonly mesh: CompositeMesh;
  readonly window: Rect;
  /** The composite mesh in window pixels. */
  readonly local: Float32Array;
  /** The target's crop on the new shape; the target's crop itself when nothing moves. */
  readonly surroundings: RgbImage;
  /** Its window. */
  readonly background: RgbImage;
  /** Opacity of what covers the target's face, on the new shape, over the window. */
  readonly occluder: Float32Array;
  /** Probability of bare skin on the target, on the new shape, over the window. */
  readonly skin: Float32Array;
  /** Coverage of the face's outline (without the forehead's extension) over the window. */
  readonly face: Float32Array;
  /** Coverage of outline and extension with a soft edge towards the hair. */
  readonly region: Float32Array;
  /** Where each pixel of the crop comes from. */
  readonly displacement: Displacement;
}

/** The outline's coverage together with the forehead's extension, whose opacity falls from ring to ring. */
function extendedRegion(
  local: Float32Array,
  face: Float32Array,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  const out = newPlane(face.length);
  out.set(face);
  const rings = 3;
  for (let ring = 1; ring <= rings; ring++) {
    const ringVertices = FOREHEAD_EDGE.map((_, j) => EXTENDED_VERTICES - (rings - ring + 1) * FOREHEAD_EDGE.length + j);
    const strip = [...FOREHEAD_EDGE, ...ringVertices.reverse()];
    const cover = fillPolygon(contourPoints(local, strip), width, height);
    const strength = 1 - 0.75 * heightOf(ringVertices[0]!);
    raiseTo(out, cover, strength);
  }
  return out;
}

/**
 * @param occluder opacity of what covers the target, over the whole crop
 * @param targetSkin probability of bare skin, over the whole crop
 */
export function exchange(
  source: ClassicFace,
  target: ClassicFace,
  occluder: CropMap,
  targetSkin: CropMap,
  weights: ShapeWeights,
  topology: FaceTopology,
): Exchange {
  const { size, crop } = target.aligned;
  const mesh = composeMesh(source, target, weights, topology);
  const window = faceWindow(mesh, size);
  const { width, height } = window;
  const local = meshInWindow(mesh.composite, window);
  const displacement = targetDisplacement(mesh, size, topology);
  const displaced = displaceTarget(crop, [occluder, targetSkin], displacement, window);
  const face = fillPolygon(contourPoints(local, PARTS.oval), width, height);
  const scale = size / 1024;
  const extended = gaussianBlur(extendedRegion(local, face, width, height), width, height, FEATHER * scale);
  rampInPlace(extended, 0.5, 0.95);
  return {
    mesh,
    window,
    local,
    surroundings: displaced.crop,
    background: cropRgb(displaced.crop, window),
    occluder: displaced.maps[0]!,
    skin: displaced.maps[1]!,
    face,
    region: extended,
    displacement,
  };
}

/** Softness of the face's edge, pixels at 1024. */
const FEATHER = 7;
