/**
 * Reads MediaPipe's canonical face (`geometry_pipeline_metadata_landmarks.binarypb`, message
 * `mediapipe.face_geometry.GeometryPipelineMetadata`): a metric 3-D head mesh and the landmarks that its pose is
 * estimated from.
 */
import protobuf from 'protobufjs/minimal.js';
import { InputError } from '#engine/errors.ts';

export interface CanonicalGeometry {
  /** x y z of each vertex in centimetres, interleaved; x to the picture's right, y up, z towards the viewer. */
  readonly positions: readonly number[];
  /** u v of each vertex in [0, 1], interleaved; v down. */
  readonly texture: readonly number[];
  /** Vertex numbers, three a triangle. */
  readonly triangles: readonly number[];
  /** The landmarks that fix the pose, with their weights. */
  readonly poseBasis: readonly { readonly landmark: number; readonly weight: number }[];
}

type Handlers = Readonly<Record<number, (reader: protobuf.Reader, wireType: number) => void>>;

/** Calls the handler of each field; fields without one are skipped. */
function readMessage(bytes: Uint8Array, handlers: Handlers): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const handler = handlers[tag >>> 3];
    if (handler === undefined) reader.skipType(tag & 7);
    else handler(reader, tag & 7);
  }
}

/** Repeated numbers, packed or not. */
const repeated =
  (into: number[], one: (reader: protobuf.Reader) => number) =>
  (reader: protobuf.Reader, wireType: number): void => {
    if (wireType !== 2) {
      into.push(one(reader));
      return;
    }
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) into.push(one(reader));
  };

/** VERTEX_PT: position and texture coordinate, 5 floats a vertex. */
const FLOATS_PER_VERTEX = 5;

/**
 * Reads the canonical face.
 * @throws InputError when the bytes hold no complete mesh
 */
export function readGeometry(bytes: Uint8Array): CanonicalGeometry {
  const vertices: number[] = [];
  const triangles: number[] = [];
  const poseBasis: { landmark: number; weight: number }[] = [];
  readMessage(bytes, {
    // canonical_mesh: Mesh3d { vertex_buffer = 3, index_buffer = 4 }
    1: (reader) =>
      readMessage(reader.bytes(), {
        3: repeated(vertices, (r) => r.float()),
        4: repeated(triangles, (r) => r.uint32()),
      }),
    // procrustes_landmark_basis: WeightedLandmarkRef { landmark_id = 1, weight = 2 }
    2: (reader) => {
      const entry = { landmark: 0, weight: 0 };
      readMessage(reader.bytes(), {
        1: (r) => {
          entry.landmark = r.uint32();
        },
        2: (r) => {
          entry.weight = r.float();
        },
      });
      poseBasis.push(entry);
    },
  });
  const count = vertices.length / FLOATS_PER_VERTEX;
  const inside = triangles.every((vertex) => vertex < count) && poseBasis.every(({ landmark }) => landmark < count);
  if (!Number.isInteger(count) || count === 0 || triangles.length % 3 !== 0 || poseBasis.length === 0 || !inside)
    throw new InputError('This is not a face geometry file.');
  return {
    positions: vertices.filter((_, i) => i % FLOATS_PER_VERTEX < 3),
    texture: vertices.filter((_, i) => i % FLOATS_PER_VERTEX >= 3),
    triangles,
    poseBasis,
  };
}
