import { describe, expect, it } from 'vitest';
import { type Box, dilateBox, erodeBox, square } from '#engine/image/exact/box-morphology.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { ELLIPSE_SIDE, ellipse, imageReference } from '#test/support/image-reference.ts';

const count = (mask: Float32Array) => mask.reduce((a, b) => a + b, 0);

/** The extreme of each window, looked up pixel by pixel. */
function slowly(data: Float32Array, width: number, height: number, box: Box, pick: (...v: number[]) => number) {
  return Float32Array.from(data, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const seen: number[] = [];
    for (let v = Math.max(0, y - box.up); v <= Math.min(height - 1, y + box.down); v++) {
      for (let u = Math.max(0, x - box.left); u <= Math.min(width - 1, x + box.right); u++)
        seen.push(data[v * width + u]!);
    }
    return pick(...seen);
  });
}

describe('dilation and erosion by a box', () => {
  const plane = Float32Array.from(goldenUnits('morphology', 23 * 17), (u) => 2 * u - 1);

  it.each([square(1), square(3), square(20), { left: 0, right: 2, up: 5, down: 1 }])('take extremes over %j', (box) => {
    expect(dilateBox(plane, 23, 17, box)).toEqual(slowly(plane, 23, 17, box, Math.max));
    expect(erodeBox(plane, 23, 17, box)).toEqual(slowly(plane, 23, 17, box, Math.min));
  });

  it('count as the reference does', () => {
    for (const [radius, expected] of [
      [2, imageReference.create_masks.image_radius2],
      [5, imageReference.create_masks.video_radius5],
    ] as const) {
      expect(count(dilateBox(ellipse, ELLIPSE_SIDE, ELLIPSE_SIDE, square(radius)))).toBe(expected.dilated_count);
      expect(count(erodeBox(ellipse, ELLIPSE_SIDE, ELLIPSE_SIDE, square(radius)))).toBe(expected.eroded_count);
    }
  });

  it('work on bytes, and can reach to one side only, like the kernel of OpenCV for a tuple', () => {
    const impulse = new Uint8Array(36);
    impulse[2 * 6 + 3] = 7;
    const grown = dilateBox(impulse, 6, 6, { left: 0, right: 0, up: 1, down: 0 });
    const found = [...grown].flatMap((v, i) => (v === 0 ? [] : [[Math.floor(i / 6), i % 6]]));
    expect(found).toEqual(imageReference.cv2_dilate_tuple_kernel['nonzero_rc_kernel_(3,3)']);
    expect(found).toEqual(imageReference.cv2_dilate_tuple_kernel['nonzero_rc_kernel_(5,5)']);
    expect(impulse[2 * 6 + 3]).toBe(7);
  });
});
