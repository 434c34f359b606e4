/** What covers the face, and what does not although its colour says so. */
import { connectedTo } from '#engine/image/morphology.ts';
import { type BoxedMask, forBox } from '../feature-masks.ts';
import type { ParseContext } from './parse-context.ts';
import { FEATURE_ZONES } from './regions-of-mesh.ts';

export interface Covering {
  /** The band of the eyes is dark glass: nothing of the eyes can be seen. */
  readonly darkGlasses: boolean;
}

/** A feature counts as covered when this share of its rim is hair. */
const COVERED_RIM = 0.6;
/** An eye or brow counts as hidden behind dark glass when this share of its rim is not skin. */
const MASKED_RIM = 0.55;
const GLASSES_BAND = { middle: -0.12, half: 0.22 };

interface Rim {
  readonly length: number;
  readonly hair: number;
  readonly notSkin: number;
}

/** The pixels just outside a zone that belong to no other zone. */
function measureRim(
  { box, data }: BoxedMask,
  { size, features }: ParseContext,
  hanging: Uint8Array,
  skin: Float32Array,
): Rim {
  let length = 0;
  let hair = 0;
  let notSkin = 0;
  const inZone = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < box.width && y < box.height && data[y * box.width + x]! > 0.5;
  const [right, bottom] = [Math.min(size - 1, box.x + box.width + 1), Math.min(size - 1, box.y + box.height + 1)];
  for (let y = Math.max(1, box.y - 1); y < bottom; y++) {
    for (let x = Math.max(1, box.x - 1), i = y * size + x; x < right; x++, i++) {
      const [u, v] = [x - box.x, y - box.y];
      if (features[i]! >= 0.5 || inZone(u, v)) continue;
      if (!inZone(u - 1, v) && !inZone(u + 1, v) && !inZone(u, v - 1) && !inZone(u, v + 1)) continue;
      length++;
      if (hanging[i]) hair++;
      if (skin[i]! < 0.4) notSkin++;
    }
  }
  return { length, hair, notSkin };
}

/**
 * Hair inside the face must hang together with hair outside it; features are visible unless hair runs round most of
 * them; eyes with no skin round them are behind dark glass. Changes `skin` and `hair` accordingly.
 */
export function resolveCovering(context: ParseContext, skin: Float32Array, hair: Float32Array): Covering {
  const { size, oval, features, zones, frame } = context;
  const n = size * size;
  const hanging = connectedTo(
    size,
    size,
    (i) => oval[i]! < 0.2,
    (i) => hair[i]! > 0.5 && features[i]! <= 0.5,
  );
  let hidden = 0;
  zones.forEach((zone, z) => {
    const rim = measureRim(zone, context, hanging, skin);
    const isLips = FEATURE_ZONES[z]?.name === 'outerLips';
    const masked = !isLips && rim.length > 0 && rim.notSkin / rim.length > MASKED_RIM;
    const covered = rim.length > 0 && rim.hair / rim.length > COVERED_RIM;
    if (masked) hidden++;
    forBox(zone.box, size, (i, j) => {
      if (zone.data[j]! <= 0.5) return;
      if (masked) {
        hanging[i] = 1;
        hair[i] = Math.max(hair[i]!, 0.9);
        skin[i] = Math.min(skin[i]!, 0.05);
      } else if (covered) {
        if (hair[i]! > 0.5) hanging[i] = 1;
      } else if (oval[i]! > 0.5) {
        skin[i] = Math.max(skin[i]!, 0.97);
        hair[i] = Math.min(hair[i]!, 0.03);
      }
    });
    if (!masked) return;
    for (let i = 0; i < n; i++) {
      const inBand = Math.abs(frame.v[i]! - GLASSES_BAND.middle) < GLASSES_BAND.half;
      if (oval[i]! > 0.5 && skin[i]! < 0.4 && inBand) {
        hanging[i] = 1;
        hair[i] = Math.max(hair[i]!, 0.9);
      }
    }
  });
  for (let i = 0; i < n; i++) {
    if (oval[i]! > 0.5 && hair[i]! > 0.5 && !hanging[i]) {
      skin[i] = Math.max(skin[i]!, 0.9);
      hair[i] = Math.min(hair[i]!, 0.1);
    }
  }
  return { darkGlasses: hidden >= 2 };
}
