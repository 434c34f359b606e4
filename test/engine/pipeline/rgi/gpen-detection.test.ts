import { describe, expect, it } from 'vitest';
import { decodeFaces, retinaAnchors } from '#engine/pipeline/rgi/gpen-detection.ts';

const [width, height] = [128, 96];
const anchors = retinaAnchors(width, height);
const count = anchors.length / 4;

describe('retinaAnchors', () => {
  it('has two sides for each cell of three levels', () => {
    expect(count).toBe(2 * (16 * 12 + 8 * 6 + 4 * 3));
    expect([...anchors.subarray(0, 8)]).toEqual([
      4 / 128,
      4 / 96,
      16 / 128,
      16 / 96,
      4 / 128,
      4 / 96,
      32 / 128,
      32 / 96,
    ]);
    // The last cell of the coarsest level: row 2, column 3 of cells of 32.
    expect([...anchors.subarray(-4)]).toEqual([112 / 128, 80 / 96, 512 / 128, 512 / 96]);
  });

  it('rounds the cells of a level up', () => {
    expect(retinaAnchors(33, 33).length / 4).toBe(2 * (25 + 9 + 4));
  });
});

interface Wanted {
  readonly anchor: number;
  readonly score: number;
  readonly box: readonly [number, number, number, number];
}

/** The outputs that a network would give for these boxes; landmarks lie in the boxes' upper left corners. */
function outputs(wanted: readonly Wanted[]) {
  const loc = new Float32Array(4 * count);
  const conf = new Float32Array(2 * count);
  const landms = new Float32Array(10 * count);
  for (const { anchor, score, box } of wanted) {
    const [cx, cy, w, h] = anchors.subarray(4 * anchor, 4 * anchor + 4) as unknown as [number, number, number, number];
    const [x0, y0, x1, y1] = [box[0] / width, box[1] / height, box[2] / width, box[3] / height];
    loc.set(
      [
        ((x0 + x1) / 2 - cx) / (0.1 * w),
        ((y0 + y1) / 2 - cy) / (0.1 * h),
        Math.log((x1 - x0) / w) / 0.2,
        Math.log((y1 - y0) / h) / 0.2,
      ],
      4 * anchor,
    );
    conf.set([1 - score, score], 2 * anchor);
    const corner = [(x0 - cx) / (0.1 * w), (y0 - cy) / (0.1 * h)];
    landms.set([...corner, ...corner, ...corner, ...corner, ...corner], 10 * anchor);
  }
  return { loc, conf, landms };
}

describe('decodeFaces', () => {
  it('finds boxes and landmarks in pixels, the surest first', () => {
    const faces = decodeFaces(
      outputs([
        { anchor: 40, score: 0.93, box: [10, 12, 40, 50] },
        { anchor: 401, score: 0.99, box: [70, 20, 110, 80] },
      ]),
      width,
      height,
    );
    expect(faces.map(({ score }) => Math.fround(score))).toEqual([0.99, 0.93].map(Math.fround));
    [70, 20, 110, 80].forEach((v, i) => {
      expect(faces[0]!.box[i]).toBeCloseTo(v, 3);
    });
    expect(faces[1]!.landmarks).toHaveLength(5);
    for (const [x, y] of faces[1]!.landmarks) {
      expect(x).toBeCloseTo(10, 3);
      expect(y).toBeCloseTo(12, 3);
    }
  });

  it('leaves out what is not sure enough', () => {
    expect(decodeFaces(outputs([{ anchor: 3, score: 0.9, box: [0, 0, 50, 50] }]), width, height)).toEqual([]);
  });

  it('keeps one of two boxes that overlap by more than two fifths', () => {
    const first = { anchor: 40, score: 0.95, box: [10, 10, 49, 49] } as const;
    // Boxes of 40 x 40 pixels with their borders; shifted by 16, 24 of 56 columns are common: 0.43.
    const near = { anchor: 42, score: 0.99, box: [26, 10, 65, 49] } as const;
    const far = { anchor: 42, score: 0.99, box: [28, 10, 67, 49] } as const;
    const scores = (wanted: Wanted[]) =>
      decodeFaces(outputs(wanted), width, height).map(({ box }) => Math.round(box[0]));
    expect(scores([first, near])).toEqual([26]);
    expect(scores([first, far])).toEqual([28, 10]);
  });
});
