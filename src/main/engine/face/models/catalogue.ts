/**
 * The models of the classic engine: which files of which npm packages they are made from, and what they become. The
 * hashes pin the bytes that the converters were checked with; the packages' licences are theirs, not the studio's.
 */

/** A file inside an npm package. */
export interface SourceFile {
  readonly package: string;
  readonly version: string;
  /** Path inside the package. */
  readonly file: string;
  readonly sha256: string;
  readonly licence: string;
}

export const SOURCES = {
  blazefaceTopology: {
    package: '@vladmandic/human',
    version: '3.3.6',
    file: 'models/blazeface.json',
    sha256: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f',
    licence: 'MIT',
  },
  blazefaceWeights: {
    package: '@vladmandic/human',
    version: '3.3.6',
    file: 'models/blazeface.bin',
    sha256: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72',
    licence: 'MIT',
  },
  faceMeshAssets: {
    package: '@mediapipe/face_mesh',
    version: '0.4.1633559619',
    file: 'face_mesh_solution_packed_assets.data',
    sha256: 'dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99',
    licence: 'Apache-2.0',
  },
  selfieSegmentation: {
    package: '@mediapipe/selfie_segmentation',
    version: '0.1.1675465747',
    file: 'selfie_segmentation.tflite',
    sha256: '8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27',
    licence: 'Apache-2.0',
  },
} as const satisfies Record<string, SourceFile>;

export type SourceId = keyof typeof SOURCES;

/** How a model is made from its sources. `range` is a byte range of a packed file. */
export type ModelRecipe =
  | { readonly kind: 'tfjs'; readonly topology: SourceId; readonly weights: SourceId }
  | { readonly kind: 'tflite'; readonly source: SourceId; readonly range?: readonly [number, number] }
  | { readonly kind: 'geometry'; readonly source: SourceId; readonly range: readonly [number, number] };

/** The byte ranges are those that the package's own `face_mesh_solution_packed_assets_loader.js` names. */
export const CLASSIC_MODELS = {
  /** BlazeFace, full-range variant: 256×256 RGB in [-1, 1] → boxes and six key points. */
  'face-detector': {
    file: 'face-detector.onnx',
    recipe: { kind: 'tfjs', topology: 'blazefaceTopology', weights: 'blazefaceWeights' },
  },
  /** Attention mesh: 192×192 RGB in [0, 1] → 468 landmarks, refined lips, eyes and irises, and face presence. */
  'face-mesh': {
    file: 'face-mesh.onnx',
    recipe: { kind: 'tflite', source: 'faceMeshAssets', range: [0, 2_495_952] },
  },
  /** Canonical 3-D face that belongs to the mesh. */
  'face-geometry': {
    file: 'face-geometry.json',
    recipe: { kind: 'geometry', source: 'faceMeshAssets', range: [3_737_848, 3_757_224] },
  },
  /** Selfie segmentation: 256×256 RGB in [0, 1] → probability of person. */
  'person-mask': {
    file: 'person-mask.onnx',
    recipe: { kind: 'tflite', source: 'selfieSegmentation' },
  },
} as const satisfies Record<string, { file: string; recipe: ModelRecipe }>;

export type ClassicModelName = keyof typeof CLASSIC_MODELS;
