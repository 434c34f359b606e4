import { describe, expect, it } from 'vitest';
import {
  type Perspective,
  perspectiveBetween,
  type Quad,
  transformPerspective,
  transformQuad,
} from '#engine/image/exact/pil-transform.ts';
import { goldenPicture, imageReference, interleaved, largestDifference } from '#test/support/image-reference.ts';

const crop = imageReference.pil_quad;
const shifted = crop['quad_corners_xy_before_+0.5'].map(([x, y]) => [x! + 0.5, y! + 0.5]) as unknown as Quad;
const square = (side: number): Quad => [
  [0, 0],
  [0, side],
  [side, side],
  [side, 0],
];

describe('transformQuad', () => {
  it('gives the levels of Pillow', () => {
    const { image } = transformQuad(goldenPicture('quad20x24', 24, 20, 3), shifted, 8, 8);
    expect(interleaved(image)).toEqual(crop.out.flat(2));
  });
});

describe('transformPerspective', () => {
  const paste = imageReference.pil_perspective;
  const perspective = paste['coeffs_from_quad+0.5_to_[[0,0],[0,8],[8,8],[8,0]]'] as unknown as Perspective;
  const [width, height] = paste.out_w_h as [number, number];
  const { image, covered } = transformPerspective(goldenPicture('crop8', 8, 8, 3), perspective, width, height);

  it('gives the levels of Pillow', () => {
    const row = paste.out_rgba_row_7.flatMap(([r, g, b]) => [r!, g!, b!]);
    expect(interleaved(image, 7, 8)).toEqual(row);
  });

  it('covers what Pillow covers', () => {
    expect([...covered].join('')).toBe(paste.alpha_rows.join(''));
  });

  it('is found from four pairs of corners', () => {
    expect(largestDifference(perspectiveBetween(shifted, square(8)), perspective)).toBeLessThan(1e-9);
    const quad = imageReference.alignment.quad_UL_LL_LR_UR.map(([x, y]) => [x! + 0.5, y! + 0.5]) as unknown as Quad;
    const back = perspectiveBetween(quad, square(1024));
    expect(largestDifference(back, imageReference.alignment.inverse_coeffs_1024)).toBeLessThan(1e-6);
  });

  it('refuses corners on a line', () => {
    const flat: Quad = [
      [0, 0],
      [1, 1],
      [2, 2],
      [5, 0],
    ];
    expect(() => perspectiveBetween(flat, square(8))).toThrow(RangeError);
  });
});
