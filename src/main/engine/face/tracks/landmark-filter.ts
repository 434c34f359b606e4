/**
 * Landmarks filtered over time so that a still face stands still, without lag and without smearing what moves. A frame is
 * averaged with pairs of frames equally far before and after it. A pair counts as far as its middle agrees with the frame
 * itself: in rest and in even motion it does, at the height of a blink it does not. Where the head is (a similarity) and
 * what the face does (the rest) are filtered apart, the latter vertex by vertex.
 */
import { faceMesh, LANDMARKS, MESH_POINTS, PARTS } from '../mesh.ts';

/** Frames before and after that are looked at. */
export const REACH = 7;
/** Weight of a pair by its distance in time: deviation in frames. */
const TIME = 3;
/**
 * Disagreement of a pair with its middle at which it counts half: what the network's own unsteadiness and the noise of
 * the picture explain, in centimetres of the canonical face and in pixels.
 */
const TOLERANCE = { centimetres: 0.05, pixels: 0.35 } as const;
/** Vertices decide together with those round them: deviation in centimetres, and how many. */
const NEIGHBOURS = { deviation: 0.8, count: 16 } as const;
/** Vertices above the tip of the nose, whose places speaking and chewing do not change, tell where the head is. */
const STABLE_BELOW = 1;

interface FilterTable {
  readonly stable: readonly number[];
  /** Middle of the stable vertices on the canonical face, and the sum of their squared distances from it. */
  readonly centre: readonly [number, number];
  readonly spread: number;
  /** For each landmark its neighbours and their weights. */
  readonly neighbours: Uint16Array;
  readonly weights: Float32Array;
}

let table: FilterTable | undefined;

function filterTable(): FilterTable {
  table ??= buildTable();
  return table;
}

function buildTable(): FilterTable {
  const { canonical } = faceMesh();
  const stable: number[] = [];
  for (let i = 0; i < MESH_POINTS; i++) if (canonical[3 * i + 1]! < STABLE_BELOW) stable.push(i);
  const mean = (axis: number) => stable.reduce((sum, i) => sum + canonical[3 * i + axis]!, 0) / stable.length;
  const centre = [mean(0), mean(1)] as const;
  const spread = stable.reduce(
    (sum, i) => sum + (canonical[3 * i]! - centre[0]) ** 2 + (canonical[3 * i + 1]! - centre[1]) ** 2,
    0,
  );
  const neighbours = new Uint16Array(LANDMARKS * NEIGHBOURS.count);
  const weights = new Float32Array(LANDMARKS * NEIGHBOURS.count);
  for (let i = 0; i < LANDMARKS; i++) {
    nearest(canonical, i).forEach(({ vertex, weight }, k) => {
      neighbours[i * NEIGHBOURS.count + k] = vertex;
      weights[i * NEIGHBOURS.count + k] = weight;
    });
  }
  return { stable, centre, spread, neighbours, weights };
}

/** The vertices nearest to a landmark with weights that sum to 1; an iris goes by its own five points. */
function nearest(canonical: Float32Array, landmark: number): { vertex: number; weight: number }[] {
  if (landmark >= MESH_POINTS) {
    const iris = [PARTS.rightIris, PARTS.leftIris].find((part) => (part as readonly number[]).includes(landmark))!;
    return iris.map((vertex) => ({ vertex, weight: 1 / iris.length }));
  }
  const found = Array.from({ length: MESH_POINTS }, (_, vertex) => {
    const square = [0, 1, 2].reduce(
      (sum, axis) => sum + (canonical[3 * vertex + axis]! - canonical[3 * landmark + axis]!) ** 2,
      0,
    );
    return { vertex, weight: Math.exp(-square / (2 * NEIGHBOURS.deviation ** 2)) };
  })
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, NEIGHBOURS.count);
  const total = found.reduce((sum, { weight }) => sum + weight, 0);
  return found.map(({ vertex, weight }) => ({ vertex, weight: weight / total }));
}

/** picture = (p + i q) (canonical + local) + (x + i y), and the depth z; centimetres to pixels. */
interface HeadPlace {
  readonly p: number;
  readonly q: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A mesh as where the head is and what remains. */
export interface SplitMesh {
  readonly place: HeadPlace;
  /** 478 x 3 in centimetres, in the head's own axes of the picture's plane. */
  readonly local: Float32Array<ArrayBuffer>;
}

/** Takes a mesh (478 x 3, pixels) apart; `joinMesh` puts it together again. */
export function splitMesh(landmarks: Float32Array): SplitMesh {
  const { canonical } = faceMesh();
  const { stable, centre, spread } = filterTable();
  let [mx, my, mz] = [0, 0, 0];
  for (const i of stable) {
    mx += landmarks[3 * i]!;
    my += landmarks[3 * i + 1]!;
    mz += landmarks[3 * i + 2]!;
  }
  mx /= stable.length;
  my /= stable.length;
  let [p, q] = [0, 0];
  for (const i of stable) {
    const [u, v] = [canonical[3 * i]! - centre[0], canonical[3 * i + 1]! - centre[1]];
    const [x, y] = [landmarks[3 * i]! - mx, landmarks[3 * i + 1]! - my];
    p += u * x + v * y;
    q += u * y - v * x;
  }
  const place = { p: p / spread, q: q / spread, x: mx, y: my, z: mz / stable.length };
  const square = place.p ** 2 + place.q ** 2;
  const scale = Math.sqrt(square);
  const local = new Float32Array(landmarks.length);
  for (let i = 0; i < landmarks.length; i += 3) {
    const [x, y] = [landmarks[i]! - place.x, landmarks[i + 1]! - place.y];
    local[i] = (place.p * x + place.q * y) / square;
    local[i + 1] = (place.p * y - place.q * x) / square;
    local[i + 2] = (landmarks[i + 2]! - place.z) / scale;
  }
  return { place, local };
}

export function joinMesh({ place, local }: SplitMesh): Float32Array<ArrayBuffer> {
  const { p, q, x, y, z } = place;
  const scale = Math.hypot(p, q);
  const out = new Float32Array(local.length);
  for (let i = 0; i < local.length; i += 3) {
    out[i] = p * local[i]! - q * local[i + 1]! + x;
    out[i + 1] = q * local[i]! + p * local[i + 1]! + y;
    out[i + 2] = scale * local[i + 2]! + z;
  }
  return out;
}

/** How much a pair counts whose middle is off by `disagreement`. */
const agreement = (disagreement: number, tolerance: number): number => 1 / (1 + (disagreement / tolerance) ** 6);

/**
 * The mesh in the middle of a window, filtered.
 * @param at the mesh `offset` frames after the middle one, -REACH to REACH
 */
export function filterMesh(at: (offset: number) => SplitMesh): Float32Array<ArrayBuffer> {
  const middle = at(0);
  const pairs = Array.from({ length: REACH }, (_, i) => ({
    weight: Math.exp(-((i + 1) ** 2) / (2 * TIME * TIME)),
    before: at(-i - 1),
    after: at(i + 1),
  }));
  const tolerance = TOLERANCE.centimetres + TOLERANCE.pixels / Math.hypot(middle.place.p, middle.place.q);
  return joinMesh({
    place: filterPlace(middle.place, pairs, tolerance),
    local: filterLocal(middle.local, pairs, tolerance),
  });
}

interface Pair {
  readonly weight: number;
  readonly before: SplitMesh;
  readonly after: SplitMesh;
}

function filterPlace(middle: HeadPlace, pairs: readonly Pair[], tolerance: number): HeadPlace {
  const { spread, stable } = filterTable();
  const radius = spread / stable.length;
  const scale = Math.hypot(middle.p, middle.q);
  const sum = { ...middle };
  let total = 1;
  for (const { weight, before, after } of pairs) {
    const mean = (read: (place: HeadPlace) => number) => (read(before.place) + read(after.place)) / 2;
    const pair = { p: mean(({ p }) => p), q: mean(({ q }) => q), x: mean(({ x }) => x), y: mean(({ y }) => y) };
    const moved =
      (pair.x - middle.x) ** 2 +
      (pair.y - middle.y) ** 2 +
      radius * ((pair.p - middle.p) ** 2 + (pair.q - middle.q) ** 2);
    const w = 2 * weight * agreement(Math.sqrt(moved) / scale, tolerance);
    sum.p += w * pair.p;
    sum.q += w * pair.q;
    sum.x += w * pair.x;
    sum.y += w * pair.y;
    sum.z += w * mean(({ z }) => z);
    total += w;
  }
  return { p: sum.p / total, q: sum.q / total, x: sum.x / total, y: sum.y / total, z: sum.z / total };
}

function filterLocal(middle: Float32Array, pairs: readonly Pair[], tolerance: number): Float32Array<ArrayBuffer> {
  const { neighbours, weights } = filterTable();
  const { count } = NEIGHBOURS;
  const sum = Float32Array.from(middle);
  const total = new Float32Array(LANDMARKS).fill(1);
  const off = new Float32Array(LANDMARKS);
  for (const { weight, before, after } of pairs) {
    const [a, b] = [before.local, after.local];
    for (let i = 0; i < LANDMARKS; i++) {
      const dx = (a[3 * i]! + b[3 * i]!) / 2 - middle[3 * i]!;
      const dy = (a[3 * i + 1]! + b[3 * i + 1]!) / 2 - middle[3 * i + 1]!;
      off[i] = dx * dx + dy * dy;
    }
    for (let i = 0; i < LANDMARKS; i++) {
      let square = 0;
      for (let k = i * count; k < (i + 1) * count; k++) square += weights[k]! * off[neighbours[k]!]!;
      const w = 2 * weight * agreement(Math.sqrt(square), tolerance);
      for (let j = 3 * i; j < 3 * i + 3; j++) sum[j]! += (w * (a[j]! + b[j]!)) / 2;
      total[i]! += w;
    }
  }
  for (let j = 0; j < sum.length; j++) sum[j]! /= total[Math.floor(j / 3)]!;
  return sum;
}
