/**
 * The face mesh: which landmark is where on a face, and the canonical 3-D face that all meshes share. Landmarks 0 to
 * 467 are the mesh, 468 to 477 the two irises. "Right" and "left" are the person's own; the right side lies on the
 * left of an unmirrored picture.
 */
import { readFileSync } from 'node:fs';
import type { CanonicalGeometry } from './models/geometry-reader.ts';
import { classicModelPath } from './models/location.ts';

export const MESH_POINTS = 468;
export const LANDMARKS = 478;

/** Closed outlines and groups of landmarks by part; outlines run once round without repeating the first. */
export const PARTS = {
  /** From the top of the forehead towards the person's left. */
  oval: [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
  ],
  /** From the right corner along the lower lip, back along the upper lip. */
  outerLips: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
  innerLips: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
  /** From the outer corner along the lower lid, back along the upper lid. */
  rightEye: [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
  leftEye: [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
  /** Upper edge from the outer end, back along the lower edge. */
  rightBrow: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
  leftBrow: [300, 293, 334, 296, 336, 285, 295, 282, 283, 276],
  nose: [168, 193, 245, 188, 174, 217, 126, 129, 64, 98, 97, 2, 326, 327, 294, 358, 355, 437, 399, 412, 465, 417],
  /** Centre, then the rim: towards the picture's right, up, left, down. */
  rightIris: [468, 469, 470, 471, 472],
  leftIris: [473, 474, 475, 476, 477],
} as const satisfies Record<string, readonly number[]>;

export type FacePart = keyof typeof PARTS;

/** Landmarks that the attention mesh's refined outputs replace, in the order of those outputs. */
export const REFINED = {
  lips: [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14,
    317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306,
    184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268,
    271, 272, 407,
  ],
  rightEye: [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26, 112, 243,
    247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, 35,
    124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
  ],
  leftEye: [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252, 256,
    341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442,
    441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336,
    285, 417,
  ],
} as const;

export interface FaceMesh {
  /**
   * x y z of the 468 vertices in centimetres in the axes of a picture: x to the right, y down, z into the scene
   * (smaller is nearer).
   */
  readonly canonical: Float32Array<ArrayBuffer>;
  /** u v of the vertices in [0, 1], v down. */
  readonly uv: Float32Array<ArrayBuffer>;
  /** Three vertices a triangle. */
  readonly triangles: Uint16Array<ArrayBuffer>;
  /** For each of the 478 landmarks the one on the other side of the face; itself on the midline. */
  readonly mirror: Uint16Array<ArrayBuffer>;
  /** Weight of each vertex in pose estimation; zero for most. */
  readonly poseWeights: Float32Array<ArrayBuffer>;
}

let loaded: FaceMesh | undefined;

/**
 * The mesh tables, read once.
 * @throws MissingPackError when the models were not built
 */
export function faceMesh(): FaceMesh {
  loaded ??= buildMesh(JSON.parse(readFileSync(classicModelPath('face-geometry'), 'utf8')) as CanonicalGeometry);
  return loaded;
}

function buildMesh(geometry: CanonicalGeometry): FaceMesh {
  // The file's y points up and its z towards the viewer.
  const canonical = Float32Array.from(geometry.positions, (value, i) => (i % 3 === 0 ? value : -value));
  const poseWeights = new Float32Array(MESH_POINTS);
  for (const { landmark, weight } of geometry.poseBasis) poseWeights[landmark] = weight;
  return {
    canonical,
    uv: Float32Array.from(geometry.texture),
    triangles: Uint16Array.from(geometry.triangles),
    mirror: mirrorTable(canonical),
    poseWeights,
  };
}

/** The canonical face is symmetric: the twin of a vertex is the one at the mirrored place. */
function mirrorTable(canonical: Float32Array): Uint16Array<ArrayBuffer> {
  const twin = (i: number): number => {
    let best = i;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (let j = 0; j < MESH_POINTS; j++) {
      const dx = canonical[3 * i]! + canonical[3 * j]!;
      const dy = canonical[3 * i + 1]! - canonical[3 * j + 1]!;
      const dz = canonical[3 * i + 2]! - canonical[3 * j + 2]!;
      const distance = dx * dx + dy * dy + dz * dz;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = j;
      }
    }
    return best;
  };
  const table = Uint16Array.from({ length: LANDMARKS }, (_, i) => (i < MESH_POINTS ? twin(i) : i));
  // Mirroring exchanges the rim's right and left points.
  [0, 3, 2, 1, 4].forEach((twinOf, k) => {
    table[PARTS.rightIris[k]!] = PARTS.leftIris[twinOf]!;
    table[PARTS.leftIris[k]!] = PARTS.rightIris[twinOf]!;
  });
  return table;
}
