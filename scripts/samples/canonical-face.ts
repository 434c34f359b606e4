import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Vec3 } from './math.ts';

/** MediaPipe's canonical face: 468 landmarks in head space and their 898 triangles, counter-clockwise from the front. */
export type CanonicalFace = { readonly points: readonly Vec3[]; readonly triangles: readonly number[] };

/** Closed index loops and paths over the landmarks (subject's right is the picture's left, x < 0). */
export const LOOPS = {
  oval: [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
  ],
  lipsOuter: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
  lipsInner: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
  rightEye: [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
  leftEye: [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
  rightBrow: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
} as const;
/** Upper and lower inner-lip landmarks that meet when the mouth is shut. */
export const LIP_PAIRS = [
  [13, 14],
  [312, 317],
  [311, 402],
  [310, 318],
  [415, 324],
  [82, 87],
  [81, 178],
  [80, 88],
  [191, 95],
] as const;
/** The landmark ring one step outside the upper lid's rim, outer corner first. */
export const LID_RINGS = { right: [247, 30, 29, 27, 28, 56, 190], left: [467, 260, 259, 257, 258, 286, 414] } as const;

/** Flat protobuf fields of a message: varints and floats as numbers, length-delimited as bytes. */
function fields(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const out = new Map<number, (number | Uint8Array)[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let o = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = bytes[o++]!;
      value += (b & 127) * 2 ** shift;
      if (b < 128) return value;
    }
  };
  while (o < bytes.length) {
    const tag = varint();
    const list = out.get(tag >> 3) ?? [];
    out.set(tag >> 3, list);
    if ((tag & 7) === 0) list.push(varint());
    else if ((tag & 7) === 5) {
      list.push(view.getFloat32(o, true));
      o += 4;
    } else if ((tag & 7) === 2) {
      const n = varint();
      list.push(bytes.subarray(o, o + n));
      o += n;
    } else throw new Error(`unexpected protobuf wire type ${tag & 7}`);
  }
  return out;
}

/** Reads the canonical face from the assets that the `@mediapipe/face_mesh` package carries (Apache-2.0). */
export function readCanonicalFace(): CanonicalFace {
  const folder = dirname(createRequire(import.meta.url).resolve('@mediapipe/face_mesh/package.json'));
  const loader = readFileSync(join(folder, 'face_mesh_solution_packed_assets_loader.js'), 'utf8');
  const span = /geometry_pipeline_metadata_landmarks\.binarypb", "start": (\d+), "end": (\d+)/.exec(loader);
  if (!span) throw new Error('the face_mesh package does not list its geometry metadata');
  const packed = readFileSync(join(folder, 'face_mesh_solution_packed_assets.data'));
  const metadata = fields(packed.subarray(Number(span[1]), Number(span[2])));
  const mesh = fields(metadata.get(1)![0] as Uint8Array);
  const floats = mesh.get(3) as number[];
  // A vertex is x, y, z, u, v.
  const points = Array.from(
    { length: floats.length / 5 },
    (_, i): Vec3 => [floats[5 * i]!, floats[5 * i + 1]!, floats[5 * i + 2]!],
  );
  return { points, triangles: mesh.get(4) as number[] };
}
