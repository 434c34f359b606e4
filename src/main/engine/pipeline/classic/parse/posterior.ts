/** Bayes per pixel: colour models times priors of place. */
import { smoothstep } from '#engine/image/math.ts';
import { newPlane } from '#engine/image/planes.ts';
import { memoWith } from '../../memo.ts';
import { cellDensities } from './color-cells.ts';
import type { ParseContext } from './parse-context.ts';
import type { ColorModels } from './seeds.ts';

export interface Posterior {
  readonly skin: Float32Array<ArrayBuffer>;
  readonly hair: Float32Array<ArrayBuffer>;
  readonly clothes: Float32Array<ArrayBuffer>;
  readonly background: Float32Array<ArrayBuffer>;
}

/** Density of what no model explains (a hand, a frame, a hat), per Lab volume. */
const UNEXPLAINED = 2e-7;
const DARKER_THAN_SKIN = 0.85;
const NO_BACKGROUND_MODEL = 1e-5;

function skinPrior(inFace: boolean, u: number, v: number): number {
  if (inFace) return 0.9 - 0.35 * smoothstep(-0.2, -0.5, v);
  if (v < -0.45) return 0.45 * (1 - smoothstep(-0.5, -0.85, v)) + 0.03;
  if (v > 0.4) return 0.55 * (1 - smoothstep(0.5, 0.75, u)) + 0.05;
  return 0.35 * (1 - smoothstep(0.55, 0.75, u)) + 0.03;
}

function hairPrior(inFace: boolean, inCore: boolean, v: number): number {
  if (inFace) return (inCore ? 0.25 : 1) * (0.1 + 0.35 * smoothstep(-0.2, -0.5, v));
  return 0.5 - 0.42 * smoothstep(0.45, 0.95, v);
}

/** What the place of a pixel says, before its colour is looked at. */
const placePriors = memoWith(({ oval, core, person, frame }: ParseContext) => {
  const n = person.length;
  const skin = newPlane(n);
  const hair = newPlane(n);
  const clothes = newPlane(n);
  for (let i = 0; i < n; i++) {
    const inFace = oval[i]! > 0.5;
    const v = frame.v[i]!;
    const p = person[i]!;
    skin[i] = p * skinPrior(inFace, Math.abs(frame.u[i]!), v);
    hair[i] = p * hairPrior(inFace, core[i]! > 0.5, v);
    clothes[i] = inFace ? 0 : p * 0.6 * smoothstep(0.42, 0.6, v);
  }
  return { skin, hair, clothes };
});

/** Probabilities of the four materials for every pixel; what nothing explains counts as hair inside the face, or as shine. */
export function posterior(context: ParseContext, models: ColorModels): Posterior {
  const { cells, oval, person } = context;
  const n = person.length;
  const prior = placePriors(context);
  const density = {
    skin: cellDensities(models.skin, cells),
    hair: cellDensities(models.hair, cells),
    clothes: cellDensities(models.clothes, cells),
    background: cellDensities(models.background, cells),
  };
  if (models.background.length === 0) density.background.fill(NO_BACKGROUND_MODEL);
  // Hair that is darker than the skin does not outshine it: bright places on a dark forehead are highlights.
  const darkHair = models.lightness.hair < DARKER_THAN_SKIN * models.lightness.skin;
  const out: Posterior = {
    skin: newPlane(n),
    hair: newPlane(n),
    clothes: newPlane(n),
    background: newPlane(n),
  };
  for (let i = 0; i < n; i++) {
    const slot = cells.slots[i]!;
    const inFace = oval[i]! > 0.5;
    const skin = prior.skin[i]! * density.skin[slot]!;
    const tooBright = inFace && darkHair ? smoothstep(0.95, 1.15, context.lab[3 * i]! / models.lightness.skin) : 0;
    const hair = prior.hair[i]! * density.hair[slot]! * (1 - tooBright);
    const clothes = prior.clothes[i]! * density.clothes[slot]!;
    const background = (1 - person[i]!) * density.background[slot]!;
    const share = 1 / (skin + hair + clothes + background + UNEXPLAINED);
    out.skin[i] = (skin + tooBright * UNEXPLAINED) * share;
    out.hair[i] = (inFace ? hair + (1 - tooBright) * UNEXPLAINED : hair) * share;
    out.clothes[i] = clothes * share;
    out.background[i] = background * share;
  }
  return out;
}
