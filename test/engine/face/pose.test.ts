import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faceMesh } from '#engine/face/mesh.ts';
import {
  anglesOf,
  decompose,
  type HeadAngles,
  type Pose,
  poseOf,
  procrustes,
  project,
  rotationOf,
  unproject,
} from '#engine/face/pose.ts';

const { canonical } = faceMesh();

const posed = (angles: HeadAngles, scale = 30): Pose => ({
  scale,
  rotation: rotationOf(angles),
  translation: [500, 400, -20],
});

const angles = fc.record({
  yaw: fc.double({ min: -80, max: 80, noNaN: true }),
  pitch: fc.double({ min: -80, max: 80, noNaN: true }),
  roll: fc.double({ min: -179, max: 179, noNaN: true }),
});

describe('poseOf', () => {
  it('recovers any pose of the canonical face', () => {
    fc.assert(
      fc.property(angles, fc.double({ min: 0.5, max: 200, noNaN: true }), (given, scale) => {
        const pose = poseOf(project(canonical, posed(given, scale)));
        const found = anglesOf(pose.rotation);
        expect(found.yaw).toBeCloseTo(given.yaw, 2);
        expect(found.pitch).toBeCloseTo(given.pitch, 2);
        expect(found.roll).toBeCloseTo(given.roll, 2);
        expect(pose.scale / scale).toBeCloseTo(1, 5);
        expect(pose.translation[0]).toBeCloseTo(500, 1);
      }),
      { numRuns: 60 },
    );
  });

  it('turns signs as the contract says', () => {
    const noseTip = 4;
    const shift = (given: Partial<HeadAngles>): [number, number] => {
      const centred = (p: Float32Array): [number, number] => [
        p[3 * noseTip]! - (p[3 * 234]! + p[3 * 454]!) / 2,
        p[3 * noseTip + 1]! - (p[3 * 234 + 1]! + p[3 * 454 + 1]!) / 2,
      ];
      const straight = centred(project(canonical, posed({ yaw: 0, pitch: 0, roll: 0 })));
      const moved = centred(project(canonical, posed({ yaw: 0, pitch: 0, roll: 0, ...given })));
      return [moved[0] - straight[0], moved[1] - straight[1]];
    };
    expect(shift({ yaw: 20 })[0]).toBeGreaterThan(20);
    expect(shift({ pitch: 20 })[1]).toBeLessThan(-20);
    // Clockwise: the person's left eye, on the picture's right, comes to lie lower.
    const rolled = project(canonical, posed({ yaw: 0, pitch: 0, roll: 20 }));
    expect(rolled[3 * 263 + 1]).toBeGreaterThan(rolled[3 * 33 + 1]! + 20);
  });

  it('is a rotation even where the mesh is a mirror image', () => {
    const mirrored = canonical.map((value, i) => (i % 3 === 0 ? -value : value));
    const r = poseOf(mirrored).rotation;
    const det =
      r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) + r[2] * (r[3] * r[7] - r[4] * r[6]);
    expect(det).toBeCloseTo(1, 6);
  });
});

describe('decompose', () => {
  it('gives the mesh back', () => {
    const wobbly = project(canonical, posed({ yaw: 25, pitch: -12, roll: 8 })).map((v, i) => v + 3 * Math.sin(i));
    const { pose, shape } = decompose(wobbly);
    const back = project(shape, pose);
    wobbly.forEach((value, i) => {
      expect(back[i]).toBeCloseTo(value, 2);
    });
  });

  it('frees the shape of its pose', () => {
    const shape = canonical.map((value, i) => value + 0.2 * Math.cos(i));
    const a = decompose(project(shape, posed({ yaw: 0, pitch: 0, roll: 0 }))).shape;
    const b = decompose(project(shape, posed({ yaw: -33, pitch: 10, roll: 70 }, 4))).shape;
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 3);
    });
  });

  it('unprojects what project projects', () => {
    const pose = posed({ yaw: 12, pitch: 34, roll: -56 });
    const back = unproject(project(canonical, pose), pose);
    canonical.forEach((value, i) => {
      expect(back[i]).toBeCloseTo(value, 3);
    });
  });
});

describe('procrustes', () => {
  it('ignores points of no weight and minimises what it should', () => {
    const from = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9);
    const to = Float32Array.of(1, 1, 1, 1, 3, 1, -1, 1, 1, 1, 1, 3, 0, 0, 0);
    const pose = procrustes(from, to, Float32Array.of(1, 1, 1, 1, 0));
    expect(pose.scale).toBeCloseTo(2, 6);
    const back = project(from, pose);
    for (let i = 0; i < 12; i++) expect(back[i]).toBeCloseTo(to[i]!, 5);
  });

  it('refuses points without extent', () => {
    expect(() => procrustes(new Float32Array(9), new Float32Array(9), new Float32Array(3).fill(1))).toThrow(RangeError);
  });
});
