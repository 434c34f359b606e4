/** Shape composition on the canonical face, and on faces made from it. */
import { describe, expect, it } from 'vitest';
import { MESH_POINTS } from '#engine/face/mesh.ts';
import { composeShape } from '#engine/pipeline/classic/shape/compose-shape.ts';
import {
  EXTENDED_VERTICES,
  extendForehead,
  FOREHEAD_TRIANGLES,
  heightOf,
} from '#engine/pipeline/classic/shape/forehead.ts';
import { FULL_SHAPE, shapeWeights, vertexWeights } from '#engine/pipeline/classic/shape/shape-weights.ts';
import { createTopology, meshDistance } from '#engine/pipeline/classic/shape/topology.ts';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';
import { largestDifference } from '../../image/noise.ts';

const topology = createTopology();
const face = topology.canonical;
const edited = (edit: (x: number, y: number, z: number, i: number) => [number, number, number]) => {
  const out = face.slice();
  for (let i = 0; i < MESH_POINTS; i++) out.set(edit(face[3 * i]!, face[3 * i + 1]!, face[3 * i + 2]!, i), 3 * i);
  return out;
};
const wide = edited((x, y, z) => [1.15 * x, y, z]);
/** The mouth open by a centimetre: everything below the upper lip goes down. */
const open = edited((x, y, z) => [x, y + (y > face[3 * 13 + 1]! + 0.05 ? 1 : 0), z]);
const NOTHING = { contour: 0, nose: 0, eyes: 0, brows: 0, mouth: 0, lips: 0 };
const gap = (mesh: Float32Array) => meshDistance(mesh, 13, 14);
const width = (mesh: Float32Array) => meshDistance(mesh, 234, 454);

describe('composeShape', () => {
  it('is the target when no weight asks for the source, and for equal faces', () => {
    expect(largestDifference(composeShape(wide, open, NOTHING, topology), open)).toBeLessThan(1e-5);
    expect(largestDifference(composeShape(wide, wide, FULL_SHAPE, topology), wide)).toBeLessThan(1e-5);
  });

  it('takes the width of the face from the source by its weight', () => {
    const composed = composeShape(wide, face, FULL_SHAPE, topology);
    const share = (width(composed) - width(face)) / (width(wide) - width(face));
    expect(share).toBeGreaterThan(0.7 * FULL_SHAPE.contour);
    expect(share).toBeLessThanOrEqual(1);
  });

  it('keeps the expression of the target: mouths stay as open as they are', () => {
    expect(gap(composeShape(open, face, FULL_SHAPE, topology))).toBeLessThan(gap(face) + 0.1);
    expect(gap(composeShape(face, open, FULL_SHAPE, topology))).toBeGreaterThan(gap(open) - 0.1);
  });
});

describe('weights', () => {
  it('follow the region switches and the amount', () => {
    const regions = { ...DEFAULT_REGION_SWITCHES, nose: { texture: true, shape: false, amount: 1 } };
    const weights = shapeWeights(regions, 0.5);
    expect(weights.nose).toBe(0);
    expect(weights.contour).toBeCloseTo(FULL_SHAPE.contour / 2, 12);
  });

  it('are largest where their region lies', () => {
    const field = vertexWeights({ ...NOTHING, nose: 1 }, topology);
    expect(field[4]).toBeGreaterThan(0.8);
    expect(field[152]).toBe(0);
    expect(field[33]).toBeLessThan(0.1);
  });
});

describe('extendForehead', () => {
  it('adds rings above the mesh that rise and recede', () => {
    const extended = extendForehead(face);
    expect(extended).toHaveLength(3 * EXTENDED_VERTICES);
    expect(extended.subarray(0, face.length)).toEqual(face);
    const middle = (ring: number) => MESH_POINTS + 15 * ring + 7;
    let above = 10;
    for (let ring = 0; ring < 3; ring++) {
      expect(extended[3 * middle(ring) + 1]).toBeLessThan(extended[3 * above + 1]!);
      expect(extended[3 * middle(ring) + 2]).toBeGreaterThan(extended[3 * above + 2]!);
      above = middle(ring);
    }
    expect(heightOf(middle(2))).toBe(1);
    expect(Math.max(...FOREHEAD_TRIANGLES)).toBeLessThan(EXTENDED_VERTICES);
  });
});
