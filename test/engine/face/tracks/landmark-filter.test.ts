import { beforeAll, describe, expect, it } from 'vitest';
import { faceMesh, LANDMARKS, PARTS } from '#engine/face/mesh.ts';
import { filterMesh, joinMesh, REACH, splitMesh } from '#engine/face/tracks/landmark-filter.ts';
import { gaussianNoise } from './noise.ts';

/** Pixels a centimetre: a face of about 200 pixels. */
const SCALE = 13;

let neutral: Float32Array;
beforeAll(() => {
  neutral = new Float32Array(3 * LANDMARKS);
  neutral.set(faceMesh().canonical);
  for (let i = 468; i < LANDMARKS; i++) neutral.set(neutral.subarray(3 * 159, 3 * 159 + 3), 3 * i);
});

/** The canonical face in a picture, moved by (x, y), with its lower lip and chin lowered by `open` pixels. */
function mesh(x: number, y: number, open = 0, noise?: () => number): Float32Array {
  const out = neutral.map((value) => SCALE * value);
  for (let i = 0; i < LANDMARKS; i++) {
    out[3 * i]! += x + (noise?.() ?? 0);
    out[3 * i + 1]! += y + (noise?.() ?? 0);
  }
  for (const i of LOWER_LIP) out[3 * i + 1]! += open;
  return out;
}

const LOWER_LIP = [...PARTS.innerLips.slice(1, 10), ...PARTS.outerLips.slice(1, 10)];
const filter = (clip: readonly Float32Array[], frame: number): Float32Array =>
  filterMesh((offset) => splitMesh(clip[Math.max(0, Math.min(clip.length - 1, frame + offset))]!));

/** Root mean square distance of the points of two meshes, pixels. */
function distance(a: Float32Array, b: Float32Array, points: readonly number[] = [...Array(468).keys()]): number {
  const squares = points.map((i) => (a[3 * i]! - b[3 * i]!) ** 2 + (a[3 * i + 1]! - b[3 * i + 1]!) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / points.length);
}

it('a mesh taken apart and joined is itself', () => {
  const turned = mesh(200, 100, 7).map((value, i) => value + 3 * Math.sin(i));
  const again = joinMesh(splitMesh(turned));
  expect(distance(again, turned)).toBeLessThan(1e-3);
  for (let i = 2; i < again.length; i += 3) expect(again[i]).toBeCloseTo(turned[i]!, 3);
});

describe('filterMesh', () => {
  it('steadies a still face at least threefold', () => {
    const noise = gaussianNoise(1);
    // The network's own unsteadiness on a face of this size.
    const clip = Array.from({ length: 60 }, () => mesh(200, 150, 0, () => 0.3 * noise()));
    const frames = Array.from({ length: 40 }, (_, i) => i + 10);
    const change = (at: (frame: number) => Float32Array) =>
      frames.reduce((sum, frame) => sum + distance(at(frame), at(frame - 1)), 0);
    expect(change((frame) => filter(clip, frame))).toBeLessThan(change((frame) => clip[frame]!) / 3);
  });

  it('does not lag behind an even movement', () => {
    const clip = Array.from({ length: 40 }, (_, t) => mesh(100 + 6 * t, 150 + 2 * t));
    expect(distance(filter(clip, 20), clip[20]!)).toBeLessThan(1e-3);
  });

  it('leaves a nod and its turning point nearly as they are', () => {
    const clip = Array.from({ length: 60 }, (_, t) => mesh(200, 150 + 25 * Math.sin(t / 4)));
    for (let t = REACH; t < 60 - REACH; t++) expect(distance(filter(clip, t), clip[t]!)).toBeLessThan(0.6);
  });

  it('does not smear a mouth that opens for one frame', () => {
    const clip = Array.from({ length: 30 }, (_, t) => mesh(200, 150, t === 15 ? 12 : 0));
    expect(distance(filter(clip, 15), clip[15]!, LOWER_LIP)).toBeLessThan(0.2);
    expect(distance(filter(clip, 14), clip[14]!, LOWER_LIP)).toBeLessThan(0.2);
  });

  it('keeps talking lips to a sixteenth of their movement, while the head is steadied', () => {
    const noise = gaussianNoise(2);
    const open = (t: number) => 8 + 8 * Math.sin(t / 1.8);
    const clip = Array.from({ length: 60 }, (_, t) => mesh(200, 150, open(t), () => 0.3 * noise()));
    for (let t = REACH; t < 60 - REACH; t++) {
      const filtered = filter(clip, t);
      const truth = mesh(200, 150, open(t));
      expect(distance(filtered, truth, LOWER_LIP)).toBeLessThan(1);
      expect(distance(filtered, truth)).toBeLessThan(0.3);
    }
  });
});
