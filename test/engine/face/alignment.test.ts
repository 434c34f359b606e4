import { describe, expect, it } from 'vitest';
import {
  alignFace,
  CROP_SIZES,
  chooseCropSize,
  cropTransform,
  ffhqFrame,
  ffhqQuad,
  frameSide,
  mapPoints,
} from '#engine/face/alignment.ts';
import { applyAffine, composeAffine } from '#engine/image/affine.ts';
import reference from '#test/reference/face/ffhq-alignment.json' with { type: 'json' };

const landmarks = Float32Array.from(reference.landmarks.flat());

describe('ffhqFrame', () => {
  const frame = ffhqFrame(landmarks);

  it('agrees with the upstream alignment', () => {
    for (const [key, actual] of [
      ['c', frame.centre],
      ['x', frame.x],
      ['y', frame.y],
    ] as const) {
      expect(actual[0]).toBeCloseTo(reference[key][0]!, 6);
      expect(actual[1]).toBeCloseTo(reference[key][1]!, 6);
    }
    ffhqQuad(frame).forEach(([x, y], k) => {
      expect(x).toBeCloseTo(reference.quad_UL_LL_LR_UR[k]![0]!, 6);
      expect(y).toBeCloseTo(reference.quad_UL_LL_LR_UR[k]![1]!, 6);
    });
  });

  it('turns, moves and grows with the face', () => {
    const [angle, scale] = [0.7, 2.5];
    const turn = [
      scale * Math.cos(angle),
      -scale * Math.sin(angle),
      40,
      scale * Math.sin(angle),
      scale * Math.cos(angle),
      -7,
    ] as const;
    const moved = ffhqFrame(mapPoints(landmarks, turn, 2));
    const [cx, cy] = applyAffine(turn, ...frame.centre);
    expect(moved.centre[0]).toBeCloseTo(cx, 2);
    expect(moved.centre[1]).toBeCloseTo(cy, 2);
    expect(frameSide(moved) / frameSide(frame)).toBeCloseTo(scale, 5);
  });
});

describe('cropTransform', () => {
  it('agrees with the upstream coefficients', () => {
    // dlib counts pixel centres as whole numbers, so upstream adds half a pixel to the corners.
    const frame = ffhqFrame(landmarks);
    const shifted = { ...frame, centre: [frame.centre[0] + 0.5, frame.centre[1] + 0.5] as const };
    const { pictureToCrop } = cropTransform(shifted, 1024);
    pictureToCrop.forEach((value, k) => {
      expect(value).toBeCloseTo(reference.inverse_coeffs_1024[k]!, k % 3 === 2 ? 4 : 8);
    });
    // An oriented square is an affine image: the perspective part is nothing.
    expect(Math.max(...reference.inverse_coeffs_1024.slice(6).map(Math.abs))).toBeLessThan(1e-15);
  });

  it('takes the corners of the square to the corners of the crop, and back', () => {
    const transform = cropTransform(ffhqFrame(landmarks), 384);
    const corners = [
      [0, 0],
      [0, 384],
      [384, 384],
      [384, 0],
    ] as const;
    ffhqQuad(transform.frame).forEach((corner, k) => {
      const [x, y] = applyAffine(transform.pictureToCrop, ...corner);
      expect(x).toBeCloseTo(corners[k]![0], 6);
      expect(y).toBeCloseTo(corners[k]![1], 6);
    });
    const round = composeAffine(transform.cropToPicture, transform.pictureToCrop);
    [1, 0, 0, 0, 1, 0].forEach((value, k) => {
      expect(round[k]).toBeCloseTo(value, 9);
    });
  });

  it('refuses a frame without extent', () => {
    expect(() => cropTransform({ centre: [1, 1], x: [0, 0], y: [0, 0] }, 256)).toThrow(RangeError);
  });
});

describe('chooseCropSize', () => {
  const frameOf = (side: number) => ({ centre: [0, 0], x: [side / 2, 0], y: [0, side / 2] }) as const;

  it.each([
    [60, 256],
    [256, 256],
    [257, 384],
    [500, 512],
    [700, 768],
    [1000, 1024],
    [5000, 1024],
  ])('a square of %d pixels works at %d', (side, size) => {
    expect(chooseCropSize(frameOf(side))).toBe(size);
  });

  it('keeps to a largest size', () => {
    expect(chooseCropSize(frameOf(900), 512)).toBe(512);
    expect(chooseCropSize(frameOf(100), 512)).toBe(256);
  });

  it('offers sizes that halve evenly', () => {
    for (const size of CROP_SIZES) expect(size % 128).toBe(0);
    expect(CROP_SIZES).toContain(alignFace(landmarks).size);
  });
});

describe('mapPoints', () => {
  it('scales depth along', () => {
    expect(Array.from(mapPoints(Float32Array.of(1, 2, 3), [0, -2, 10, 2, 0, 20], 3))).toEqual([6, 22, 6]);
  });
});
