import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceDetector } from '#engine/face/detector.ts';
import type { Detection } from '#engine/face/detector-head.ts';
import { LandmarkModel, regionOfDetection } from '#engine/face/landmarks.ts';
import { PicturePyramid } from '#engine/face/picture-pyramid.ts';
import { wholeRegion } from '#engine/face/search.ts';
import { isConsistent, judge, judgeDetection, type Verdict } from '#engine/face/verification.ts';
import { loadPicture, SAMPLE_FILES } from './pictures.ts';

describe.skipIf(SAMPLE_FILES.length === 0)('verification', () => {
  let model: LandmarkModel;
  let picture: PicturePyramid;
  let detection: Detection;
  beforeAll(async () => {
    model = await LandmarkModel.open({ threads: 2 });
    picture = new PicturePyramid(await loadPicture(SAMPLE_FILES[0]!));
    await using detector = await FaceDetector.open({ threads: 2 });
    detection = (await detector.detect(picture, wholeRegion(picture), 0.5))[0]!;
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it('agrees with itself about a face', async () => {
    const verdict = (await judge(model, picture, regionOfDetection(detection)))!;
    expect(isConsistent(verdict)).toBe(true);
    expect(verdict.presence).toBeGreaterThan(0.99);
    expect(verdict.disagreement).toBeLessThan(0.5);
  });

  it('disagrees about the rest of the picture', async () => {
    const [x0, y0, x1, y1] = detection.corners;
    const side = 0.4 * (x1 - x0);
    const places = [
      [x0 - side, y0],
      [x1 + side, y1 + side],
      [(x0 + x1) / 2, y1 + 2 * side],
      [x0, y0 - side],
    ] as const;
    for (const [cx, cy] of places) {
      const verdict = await judge(model, picture, { cx, cy, size: side, angle: 0 });
      expect(verdict === undefined || !isConsistent(verdict), `${cx}, ${cy}`).toBe(true);
    }
  });

  it('finds the orientation that the key points have wrong', async () => {
    const [cx, cy] = [
      (detection.corners[0] + detection.corners[2]) / 2,
      (detection.corners[1] + detection.corners[3]) / 2,
    ];
    const truth = (await judge(model, picture, regionOfDetection(detection)))!;
    const upsideDown: Detection = {
      ...detection,
      keypoints: detection.keypoints.map(({ x, y }) => ({ x: 2 * cx - x, y: 2 * cy - y })),
    };
    const found = (await judgeDetection(model, picture, upsideDown, { reorient: true })) as Verdict;
    expect(Math.abs(found.angles.roll - truth.angles.roll)).toBeLessThan(1);
    expect(Math.abs(found.angles.yaw - truth.angles.yaw)).toBeLessThan(2);
  });
});

describe('isConsistent', () => {
  const good = { presence: 1, disagreement: 0.3, drift: 0.05 } as Verdict;

  it('asks for presence, agreement and rest', () => {
    expect(isConsistent(good)).toBe(true);
    expect(isConsistent({ ...good, presence: 0.9 })).toBe(false);
    expect(isConsistent({ ...good, disagreement: 0.9 })).toBe(false);
    expect(isConsistent({ ...good, drift: 0.5 })).toBe(false);
  });
});
