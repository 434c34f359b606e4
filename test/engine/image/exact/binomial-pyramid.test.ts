import { describe, expect, it } from 'vitest';
import { pyramidDown, pyramidDownLevels, pyramidUp } from '#engine/image/exact/binomial-pyramid.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { goldenLevels, imageReference, largestDifference } from '#test/support/image-reference.ts';

const reference = imageReference.cv2_pyr;
const plane = Float32Array.from(goldenUnits('pyrf', 16), (u) => 255 * u);
const corner = Float32Array.from([plane[0]!, plane[1]!, plane[4]!, plane[5]!]);

describe('the steps of a pyramid', () => {
  it('give the levels of OpenCV on the way down', () => {
    expect([...pyramidDownLevels(goldenLevels('pyr8', 64), 8, 8)]).toEqual(reference['u8 pyr8 (8,8) pyrDown'].flat());
  });

  it('give the numbers of OpenCV on the way down', () => {
    const expected = reference['f32 255*u01("pyrf",i) (4,4) pyrDown'];
    expect(largestDifference(pyramidDown(plane, 4, 4), expected)).toBeLessThan(1e-3);
  });

  it('give the numbers of OpenCV on the way up', () => {
    expect(largestDifference(pyramidUp(plane, 4, 4), reference['f32 pyrUp'])).toBeLessThan(1e-3);
    expect(largestDifference(pyramidUp(corner, 2, 2), reference['f32 (4,4)[:2,:2] pyrUp'])).toBeLessThan(1e-3);
  });

  it('take odd sizes down to their larger half', () => {
    expect(pyramidDown(new Float32Array(15).fill(3), 5, 3)).toEqual(new Float32Array(6).fill(3));
  });
});
