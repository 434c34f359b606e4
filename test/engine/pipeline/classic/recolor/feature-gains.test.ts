/** Lips of one lightness on a face of another. */
import { describe, expect, it } from 'vitest';
import { faceMesh, PARTS } from '#engine/face/mesh.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { contourPoints } from '#engine/pipeline/classic/contours.ts';
import { featureGains, type Rgb } from '#engine/pipeline/classic/recolor/feature-gains.ts';

const SIDE = 512;
const n = SIDE * SIDE;

/** The canonical face in the middle of the picture. */
const mesh = faceMesh().canonical.map((value, j) => (j % 3 < 2 ? SIDE / 2 + 24 * value : value));
const lips = fillPolygon(growPolygon(contourPoints(mesh, PARTS.outerLips), 1.02), SIDE, SIDE);

/** A picture with lips of one colour and skin of another. */
function face(lip: Rgb, skin: Rgb) {
  const data = new Float32Array(3 * n);
  for (let k = 0; k < 3; k++) for (let i = 0; i < n; i++) data[k * n + i] = skin[k]! + lips[i]! * (lip[k]! - skin[k]!);
  return { width: SIDE, height: SIDE, data };
}

const DARK = face([0.2, 0.12, 0.12], [0.28, 0.2, 0.17]);
const LIGHT = face([0.8, 0.5, 0.5], [0.9, 0.75, 0.68]);
const hidden = new Float32Array(n);

function lipGain(ours: typeof DARK, theirs: typeof DARK, skin: number) {
  const gains = featureGains(mesh, ours, theirs, hidden, [skin, skin, skin], 0.5, false);
  const found = gains.find(({ parts }) => parts[0] === 'outerLips');
  if (!found) throw new Error('lips have no gain');
  return found;
}
const covered = (mask: { data: Float32Array }) => mask.data.reduce((sum, v) => sum + v, 0);

describe('lips', () => {
  it('of a dark face become as light as those of the light face', () => {
    const { gain, brighter } = lipGain(DARK, LIGHT, 2.2);
    expect(brighter).toBeGreaterThan(1.8);
    for (const k of [0, 1, 2] as const) expect(gain[k]).toBeGreaterThan(1.9);
  });

  it('of a light face do not become black', () => {
    const { gain } = lipGain(LIGHT, DARK, -2.2);
    for (const k of [0, 1, 2] as const) expect(gain[k]).toBeCloseTo(-1.8, 1);
  });

  it('are changed with their dark rim where they become much brighter, else alone', () => {
    const [brightened, darkened, same] = [lipGain(DARK, LIGHT, 2), lipGain(LIGHT, DARK, -2), lipGain(LIGHT, LIGHT, 0)];
    expect(covered(brightened.mask)).toBeGreaterThan(1.08 * covered(same.mask));
    expect(covered(darkened.mask)).toBeCloseTo(covered(same.mask), 5);
    for (const k of [0, 1, 2] as const) expect(same.gain[k]).toBeCloseTo(0, 6);
  });
});
