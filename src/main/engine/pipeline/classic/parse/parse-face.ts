/**
 * Parses an aligned crop into the 12 regions without a network: colour models for skin, hair, clothes and background
 * are learned in the picture itself at places named by the face mesh and the person mask; facial features are drawn
 * from the mesh.
 */
import { edgeFilter } from '#engine/image/guided-filter.ts';
import type { LabelMap, RgbImage } from '#engine/image/picture.ts';
import { rampInPlace } from '#engine/image/pointwise.ts';
import type { Rect } from '#engine/image/working.ts';
import { boxAround } from '../feature-masks.ts';
import { resolveCovering } from './covering.ts';
import { drawLabels } from './labels.ts';
import { parseContext } from './parse-context.ts';
import { type Posterior, posterior } from './posterior.ts';
import { outline } from './regions-of-mesh.ts';
import { firstModels, refineModels } from './seeds.ts';

/** Side of the maps that a parse works on, pixels; lengths in its pixels are meant for the full size. */
export const PARSE_SIZE = { full: 256, coarse: 128 } as const;

export interface FaceParse {
  /** Side of the probability maps. */
  readonly size: number;
  /** Probability that bare skin (with the features on it) is visible. */
  readonly skin: Float32Array<ArrayBuffer>;
  /** Probability of hair, and of whatever else lies over the face. */
  readonly hair: Float32Array<ArrayBuffer>;
  readonly person: Float32Array<ArrayBuffer>;
  /** L* / 100. */
  readonly lightness: Float32Array;
  /** The face's outline lies in it. */
  readonly faceBox: Rect;
  /** Draws the 12-region map, twice as fine as the probability maps, when it is first asked for. */
  labels(): LabelMap;
  readonly darkGlasses: boolean;
}

const EDGE_RADIUS = 4;
const EDGE_EPS = 4e-4;

/**
 * @param crop square crop of one of the PARSE_SIZEs
 * @param landmarks 478 mesh points in pixels of the crop, x y z interleaved
 * @param person probability of a person for each pixel of the crop
 */
export function parseFace(crop: RgbImage, landmarks: Float32Array, person: Float32Array<ArrayBuffer>): FaceParse {
  const context = parseContext(crop, landmarks, person);
  const { size, lightness } = context;
  const alongEdges = edgeFilter(lightness, size, size, (EDGE_RADIUS * size) / PARSE_SIZE.full, EDGE_EPS);
  const sharpen = (map: Float32Array) => {
    const out = alongEdges(map);
    rampInPlace(out, 0, 1);
    return out;
  };
  const sharpened = (p: Posterior): Posterior => ({ ...p, skin: sharpen(p.skin), hair: sharpen(p.hair) });
  let models = firstModels(context);
  let maps = sharpened(posterior(context, models));
  models = refineModels(context, models, maps.skin, maps.hair);
  maps = sharpened(posterior(context, models));
  const { darkGlasses } = resolveCovering(context, maps.skin, maps.hair);
  let labels: LabelMap | undefined;
  return {
    size,
    skin: maps.skin,
    hair: maps.hair,
    person,
    lightness,
    faceBox: boxAround(outline(landmarks), size, size, 1),
    darkGlasses,
    labels: () => {
      labels ??= drawLabels(context, maps);
      return labels;
    },
  };
}
