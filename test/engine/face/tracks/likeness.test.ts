/** Signature, sharpness: what a face's small picture tells. */
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { regionOfLandmarks } from '#engine/face/landmarks.ts';
import { poseOf } from '#engine/face/pose.ts';
import { FrameView } from '#engine/face/tracks/frame-view.ts';
import { lookAt } from '#engine/face/tracks/look.ts';
import type { FaceObservation } from '#engine/face/tracks/observation.ts';
import { sharpnessOf } from '#engine/face/tracks/sharpness.ts';
import { compareSignatures, resemblance, signatureOf, visibilityOf } from '#engine/face/tracks/signature.ts';
import { analyseClip, drawFrame, HEIGHT, portrait, WIDTH } from './moving-people.ts';

const NAMES = ['amara', 'arjun', 'freja', 'ines', 'kofi', 'mei', 'walter'];
const at = { x: 240, y: 135, scale: 1.3 };

async function faceOf(name: string, change: (picture: Sharp) => Sharp = (same) => same, turn = 0) {
  const { pixels } = drawFrame(0, { people: [{ person: await portrait(name), ...at, turn }] });
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  const changed = await change(sharp(pixels, { raw })).raw().toBuffer();
  const frame = { index: 0, width: WIDTH, height: HEIGHT, pixels: new Uint8Array(changed) };
  const [observation] = await analyseClip([frame]);
  return { frame, face: observation!.faces[0]! };
}

const alike = (a: FaceObservation, b: FaceObservation): number =>
  resemblance(compareSignatures(a.signature, b.signature));

describe('signatures', () => {
  const plain = new Map<string, FaceObservation>();
  beforeAll(async () => {
    for (const name of NAMES) plain.set(name, (await faceOf(name)).face);
  });

  it('of one person agree in other light, focus and attitude better than those of any two people', async () => {
    let closest = 1;
    for (const name of NAMES) {
      for (const [change, turn] of [
        [(picture: Sharp) => picture.linear(0.7, 0), 0],
        [(picture: Sharp) => picture.blur(2), 0],
        [(picture: Sharp) => picture, 20],
      ] as const) {
        closest = Math.min(closest, alike(plain.get(name)!, (await faceOf(name, change, turn)).face));
      }
    }
    let nearest = -1;
    for (const [i, a] of NAMES.entries()) {
      for (const b of NAMES.slice(i + 1)) nearest = Math.max(nearest, alike(plain.get(a)!, plain.get(b)!));
    }
    expect(closest).toBeGreaterThan(0.85);
    expect(nearest).toBeLessThan(closest);
  });

  it('tell how well each spot is seen', async () => {
    const { landmarks } = plain.get('kofi')!;
    const visible = visibilityOf(landmarks, poseOf(landmarks).scale);
    const seen = visible.filter((value) => value > 0.5).length;
    expect(seen).toBeGreaterThan(150);
    // Mirrored left to right every triangle shows its back.
    const mirrored = landmarks.map((value, i) => (i % 3 === 0 ? WIDTH - value : value));
    expect(Math.max(...visibilityOf(mirrored, poseOf(landmarks).scale))).toBeLessThan(0.5);
  });

  it('do not depend on where in the frame the face is', async () => {
    const { frame, face } = await faceOf('mei');
    const look = lookAt(new FrameView(frame), regionOfLandmarks(face.landmarks));
    expect(signatureOf(look, face.landmarks)).toEqual(face.signature);
  });
});

describe('sharpness', () => {
  it('falls with blur, and hardly depends on the person or the contrast', async () => {
    const values: number[][] = [];
    for (const name of ['freja', 'kofi', 'walter']) {
      const row: number[] = [];
      // A face of about 105 pixels.
      for (const blur of [0, 2, 3.2, 5.5]) {
        const { frame } = await faceOf(name, (picture) => (blur === 0 ? picture : picture.blur(blur)));
        const { face } = await faceOf(name);
        row.push(sharpnessOf(lookAt(new FrameView(frame), regionOfLandmarks(face.landmarks))));
      }
      values.push(row);
    }
    for (const [sharpest, slight, more, strong] of values as [number, number, number, number][]) {
      expect(sharpest).toBeGreaterThan(0.3);
      expect(slight).toBeLessThan(sharpest);
      expect(more).toBeLessThan(slight);
      expect(more).toBeGreaterThan(0.14);
      expect(strong).toBeLessThan(0.14);
    }
    const { frame, face } = await faceOf('kofi', (picture) => picture.linear(0.5, 30));
    const pale = sharpnessOf(lookAt(new FrameView(frame), regionOfLandmarks(face.landmarks)));
    expect(pale / values[1]![0]!).toBeCloseTo(1, 1);
  });
});
