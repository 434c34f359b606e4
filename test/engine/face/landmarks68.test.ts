import { describe, expect, it } from 'vitest';
import { LANDMARKS_68, RANGES_68, toLandmarks68 } from '#engine/face/landmarks68.ts';
import { faceMesh } from '#engine/face/mesh.ts';

/** iBUG landmark → its twin on the other side of the face. */
const TWINS = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17],
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31],
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],
  ...[64, 63, 62, 61, 60, 67, 66, 65],
];

describe('the 68 landmarks', () => {
  const mesh = faceMesh();

  it('are symmetric', () => {
    expect(LANDMARKS_68).toHaveLength(68);
    LANDMARKS_68.forEach((sources, k) => {
      const twins = sources.map((source) => mesh.mirror[source]!).sort((a, b) => a - b);
      expect(
        [...LANDMARKS_68[TWINS[k]!]!].sort((a, b) => a - b),
        `landmark ${k}`,
      ).toEqual(twins);
    });
  });

  it('lie where iBUG has them on the canonical face', () => {
    const points = toLandmarks68(mesh.canonical);
    const [x, y] = [(k: number) => points[2 * k]!, (k: number) => points[2 * k + 1]!];
    // The jaw runs from the picture's left to its right, lowest at the chin.
    for (let k = 1; k <= 16; k++) expect(x(k), `jaw ${k}`).toBeGreaterThan(x(k - 1));
    for (let k = 1; k <= 8; k++) expect(y(k), `jaw ${k}`).toBeGreaterThan(y(k - 1));
    // Brows, eyes and mouth from left to right along their upper edges.
    for (const run of [
      [17, 18, 19, 20, 21, 22, 23, 24, 25, 26],
      [36, 37, 38, 39, 42, 43, 44, 45],
      [48, 49, 50, 51, 52, 53, 54],
      [31, 32, 33, 34, 35],
      [60, 61, 62, 63, 64],
    ]) {
      run.slice(1).forEach((k, i) => {
        expect(x(k), `${run[i]} to ${k}`).toBeGreaterThan(x(run[i]!));
      });
    }
    for (let k = 28; k <= 30; k++) expect(y(k)).toBeGreaterThan(y(k - 1));
    expect(y(41)).toBeGreaterThan(y(37));
    expect(y(57)).toBeGreaterThan(y(66));
    expect(y(66)).toBeGreaterThanOrEqual(y(62));
    expect(y(19)).toBeLessThan(y(37));
  });

  it('spread evenly along the jaw', () => {
    const points = toLandmarks68(mesh.canonical);
    const [first, last] = RANGES_68.jaw;
    const gaps = Array.from({ length: last - first }, (_, k) =>
      Math.hypot(points[2 * k + 2]! - points[2 * k]!, points[2 * k + 3]! - points[2 * k + 1]!),
    );
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThan(2.5);
  });

  it('average the landmarks they are made of', () => {
    const landmarks = new Float32Array(3 * 478);
    landmarks.set([10, 20, 99], 3 * 172);
    landmarks.set([30, 60, 99], 3 * 136);
    expect(Array.from(toLandmarks68(landmarks).subarray(10, 12))).toEqual([20, 40]);
  });
});
