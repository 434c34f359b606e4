/** What surrounds the face follows its new outline, no farther than it must. */
import { beforeAll, describe, expect, it } from 'vitest';
import { faceMesh, PARTS } from '#engine/face/mesh.ts';
import type { CompositeMesh } from '#engine/pipeline/classic/composite-mesh.ts';
import { EXTENDED_VERTICES } from '#engine/pipeline/classic/shape/forehead.ts';
import { createTopology, type FaceTopology } from '#engine/pipeline/classic/shape/topology.ts';
import { type Displacement, targetDisplacement } from '#engine/pipeline/classic/surroundings.ts';

const SIZE = 1024;
let topology: FaceTopology;
let face: Float32Array;

beforeAll(() => {
  topology = createTopology();
  const { canonical } = faceMesh();
  // The canonical head, 450 pixels wide in the middle; the rings over the forehead lie on its edge.
  face = new Float32Array(3 * EXTENDED_VERTICES);
  const xs = PARTS.oval.map((i) => canonical[3 * i]!);
  const scale = 450 / (Math.max(...xs) - Math.min(...xs));
  for (let i = 0; i < EXTENDED_VERTICES; i++) {
    const from = 3 * Math.min(i, canonical.length / 3 - 1);
    for (let k = 0; k < 3; k++) face[3 * i + k] = (k < 2 ? 512 : 0) + scale * canonical[from + k]!;
  }
});

/** The face made wider by `pixels` on both sides. */
function widened(pixels: number): CompositeMesh {
  const composite = face.map((value, j) => (j % 3 === 0 ? 512 + (value - 512) * (1 + pixels / 225) : value));
  return { composite, target: face, source: face };
}

/** The largest distance from the face's middle row at which something moves sideways, pixels from the outline. */
function reachOf({ size, dx, dy }: Displacement, outline: number): number {
  let farthest = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      if (Math.hypot(dx[i]!, dy[i]!) < 0.02) continue;
      farthest = Math.max(farthest, Math.abs(((x + 0.5) * SIZE) / size - 512) - outline);
    }
  }
  return farthest;
}

describe('the bending outside the face', () => {
  it('reaches the farther the more the outline moves, and never to the border', () => {
    const reaches = [2, 8, 30].map((pixels) =>
      reachOf(targetDisplacement(widened(pixels), SIZE, topology), 225 + pixels),
    );
    expect(reaches[0]).toBeGreaterThan(8);
    expect(reaches[0]).toBeLessThan(60);
    expect(reaches[1]).toBeGreaterThan(reaches[0]! + 10);
    expect(reaches[2]).toBeGreaterThan(reaches[1]! + 40);
    expect(reaches[2]).toBeLessThan(0.45 * 450 + 10);
  });

  it('meets the new outline and folds nothing', () => {
    const { size, dx } = targetDisplacement(widened(30), SIZE, topology);
    const row = Math.floor((512 * size) / SIZE);
    const outline = Math.round(((512 + 255) * size) / SIZE);
    expect(dx[row * size + outline]).toBeLessThan(-18);
    // Each pixel to the right comes from farther right.
    for (let x = 1; x < size; x++) {
      expect(2 + dx[row * size + x]! - dx[row * size + x - 1]!).toBeGreaterThan(0.4);
    }
  });

  it('is nothing for a face that stays', () => {
    expect(targetDisplacement(widened(0), SIZE, topology).largest).toBe(0);
  });
});
