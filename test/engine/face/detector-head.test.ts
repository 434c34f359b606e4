import { describe, expect, it } from 'vitest';
import {
  containment,
  DETECTOR_HEADS,
  type Detection,
  decodeHead,
  overlap,
  weightedSuppression,
} from '#engine/face/detector-head.ts';

const VALUES = 16;
const logit = (p: number) => Math.log(p / (1 - p));

describe('decodeHead', () => {
  it.each(DETECTOR_HEADS)('places boxes and key points round the anchors of stride $stride', (head) => {
    const cells = 256 / head.stride;
    const count = cells * cells * head.anchors;
    const scores = new Float32Array(count).fill(-20);
    const boxes = new Float32Array(count * VALUES);
    // Column 2, row 3, the cell's last prediction.
    const index = (3 * cells + 2) * head.anchors + head.anchors - 1;
    scores[index] = logit(0.75);
    boxes.set([1, -2, 40, 60, 5, 6, -5, 6, 0, 0, 0, 9, 1, 1, 2, 2], index * VALUES);
    const [found, ...others] = decodeHead(scores, boxes, head, 0.5);
    const [ax, ay] = [2.5 * head.stride, 3.5 * head.stride];
    expect(others).toEqual([]);
    expect(found!.score).toBeCloseTo(0.75, 6);
    expect(found!.corners).toEqual([ax + 1 - 20, ay - 2 - 30, ax + 1 + 20, ay - 2 + 30]);
    expect(found!.keypoints[0]).toEqual({ x: ax + 5, y: ay + 6 });
    expect(found!.keypoints[5]).toEqual({ x: ax + 2, y: ay + 2 });
  });

  it('keeps to the threshold', () => {
    const head = DETECTOR_HEADS[1];
    const scores = new Float32Array(384).fill(logit(0.4));
    expect(decodeHead(scores, new Float32Array(384 * VALUES), head, 0.41)).toEqual([]);
    expect(decodeHead(scores, new Float32Array(384 * VALUES), head, 0.39)).toHaveLength(384);
  });
});

describe('overlap and containment', () => {
  it('measure shared area', () => {
    expect(overlap([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3, 9);
    expect(containment([0, 0, 10, 10], [2, 2, 4, 4])).toBe(1);
    expect(overlap([0, 0, 1, 1], [1, 1, 2, 2])).toBe(0);
  });
});

describe('weightedSuppression', () => {
  const detection = (score: number, x: number): Detection => ({
    score,
    corners: [x, 0, x + 10, 10],
    keypoints: [{ x, y: 5 }],
  });

  it('blends what overlaps and keeps what does not', () => {
    const kept = weightedSuppression([detection(0.3, 2), detection(0.9, 0), detection(0.6, 50)]);
    expect(kept.map(({ score }) => score)).toEqual([0.9, 0.6]);
    expect(kept[0]!.corners[0]).toBeCloseTo((0.9 * 0 + 0.3 * 2) / 1.2, 9);
    expect(kept[0]!.keypoints[0]!.x).toBeCloseTo(0.5, 9);
    expect(kept[1]!.corners).toEqual([50, 0, 60, 10]);
  });

  it('leaves nothing that overlaps, even boxes without area', () => {
    const flat: Detection = { score: 0.5, corners: [3, 3, 3, 3], keypoints: [] };
    expect(weightedSuppression([flat, { ...flat }])).toHaveLength(2);
    expect(weightedSuppression([])).toEqual([]);
  });
});
