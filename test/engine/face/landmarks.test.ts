import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LandmarkModel, regionOfDetection, regionOfLandmarks } from '#engine/face/landmarks.ts';
import { faceMesh, LANDMARKS, MESH_POINTS } from '#engine/face/mesh.ts';
import { PicturePyramid } from '#engine/face/picture-pyramid.ts';
import { project, rotationOf } from '#engine/face/pose.ts';

/** The canonical face in a picture, with irises that the regions must ignore. */
function meshAt(roll: number, scale: number): Float32Array {
  const pose = { scale, rotation: rotationOf({ yaw: 0, pitch: 0, roll }), translation: [300, 200, 0] as const };
  const landmarks = new Float32Array(3 * LANDMARKS).fill(-999);
  landmarks.set(project(faceMesh().canonical, pose));
  return landmarks;
}

describe('regionOfDetection', () => {
  it('is a square half as large again as the box, level with the eyes', () => {
    const eyes = [
      { x: 10, y: 30 },
      { x: 30, y: 50 },
    ];
    const region = regionOfDetection({ score: 1, corners: [0, 0, 40, 60], keypoints: eyes });
    expect(region).toEqual({ cx: 20, cy: 30, size: 90, angle: Math.PI / 4 });
  });
});

describe('regionOfLandmarks', () => {
  it('turns and grows with the face', () => {
    const upright = regionOfLandmarks(meshAt(0, 10));
    expect(upright.angle).toBeCloseTo(0, 3);
    for (const roll of [30, -100, 180]) {
      const turned = regionOfLandmarks(meshAt(roll, 20));
      expect(turned.size / upright.size).toBeCloseTo(2, 3);
      expect(Math.cos(turned.angle - (roll * Math.PI) / 180)).toBeCloseTo(1, 4);
    }
  });

  it('surrounds the mesh with a quarter of its size on each side', () => {
    const landmarks = meshAt(0, 10);
    const { cy, size } = regionOfLandmarks(landmarks);
    const ys = Array.from({ length: MESH_POINTS }, (_, i) => landmarks[3 * i + 1]!);
    const height = Math.max(...ys) - Math.min(...ys);
    expect(cy).toBeCloseTo((Math.max(...ys) + Math.min(...ys)) / 2, 3);
    expect(size).toBeCloseTo(1.5 * height, 3);
  });
});

describe('LandmarkModel', () => {
  let model: LandmarkModel;
  beforeAll(async () => {
    model = await LandmarkModel.open({ threads: 1 });
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it('sees no face in an even picture', async () => {
    const picture = new PicturePyramid({ width: 64, height: 64, data: new Float32Array(3 * 64 * 64).fill(0.5) });
    const fit = await model.fit(picture, { cx: 32, cy: 32, size: 64, angle: 0 });
    expect(fit.presence).toBeLessThan(0.1);
    expect(fit.landmarks).toHaveLength(3 * LANDMARKS);
    expect(fit.landmarks.every(Number.isFinite)).toBe(true);
  });
});
