/** Where the colours of skin, hair, clothes and background are learned: places named by the mesh and the person mask. */
import { newPlane } from '#engine/image/planes.ts';
import { cellDensities } from './color-cells.ts';
import {
  type ColorModel,
  type ColorSamples,
  collectSamples,
  colorDensities,
  fitColorModel,
  withShadeAndShine,
} from './color-model.ts';
import type { ParseContext } from './parse-context.ts';

export interface ColorModels {
  readonly skin: ColorModel;
  readonly hair: ColorModel;
  readonly clothes: ColorModel;
  readonly background: ColorModel;
  /** Median lightness of what taught skin and hair. */
  readonly lightness: { readonly skin: number; readonly hair: number };
}

/** Samples kept of the first skin guess: the rest, farthest from the median, are strands, shadows, frames. */
const KEPT_SHARE = 0.88;
const LIGHTNESS_WEIGHT = 0.5;
/** Lightness, as a share of the skin's, below which a place above the face is hair even on dark skin. */
const DARK_SHARE = 0.6;

/**
 * How much a pixel of the face teaches about skin: cheeks and nose do; the band of the eyes (glasses), the chin
 * (beard) and the forehead (fringe) hardly do.
 */
function skinLesson(v: number): number {
  if (v >= 0.24) return 0.25;
  if (v > 0) return 1;
  if (v > -0.03) return 0.5;
  return v > -0.22 ? 0 : 0.15;
}

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}

/** One coordinate of all samples. */
function column({ colors, count }: ColorSamples, d: 0 | 1 | 2): Float32Array {
  const out = newPlane(count);
  for (let i = 0; i < count; i++) out[i] = colors[3 * i + d]!;
  return out;
}

const medianLightness = (samples: ColorSamples): number => median(column(samples, 0));

/** The skin samples without those far from the median colour. */
function trimSamples(samples: ColorSamples): ColorSamples {
  const { colors, weights, count } = samples;
  const [l, a, b] = [median(column(samples, 0)), median(column(samples, 1)), median(column(samples, 2))];
  const distance = newPlane(count);
  for (let i = 0; i < count; i++) {
    distance[i] = Math.hypot((colors[3 * i]! - l) * LIGHTNESS_WEIGHT, colors[3 * i + 1]! - a, colors[3 * i + 2]! - b);
  }
  const limit = distance.slice().sort()[Math.floor(count * KEPT_SHARE)]!;
  const kept = { colors: newPlane(3 * count), weights: newPlane(count) };
  let all = 0;
  for (let i = 0; i < count; i++) {
    if (!(distance[i]! <= limit)) continue;
    kept.colors.set(colors.subarray(3 * i, 3 * i + 3), 3 * all);
    kept.weights[all++] = weights[i]!;
  }
  return { colors: kept.colors.subarray(0, 3 * all), weights: kept.weights.subarray(0, all), count: all };
}

/** Pixels of the map in one of a map of 256 x 256, which numbers of samples are meant for. */
const areaOf = ({ size }: ParseContext): number => (size / 256) ** 2;

/** The first models, learned from places alone. A model is empty where the picture offers too little. */
export function firstModels(context: ParseContext): ColorModels {
  const { lab, cells, core, features, person, frame } = context;
  const area = areaOf(context);
  const samples = trimSamples(
    collectSamples(lab, (i) => (core[i]! > 0.9 && features[i]! < 0.05 ? skinLesson(frame.v[i]!) : 0)),
  );
  const skin = withShadeAndShine(fitColorModel(samples, 4));
  const own = colorDensities(skin, samples.colors, samples.count).sort();
  const clearlySkin = own[Math.floor(own.length * 0.05)] ?? 0;
  const densities = cellDensities(skin, cells);
  const likeSkin = (i: number, factor: number) => densities[cells.slots[i]!]! >= clearlySkin * factor;
  const learn = (found: ColorSamples, least: number, size: number): ColorModel =>
    found.count > least ? fitColorModel(found, size) : [];
  const skinLightness = medianLightness(samples);
  const isDark = (i: number) => lab[3 * i]! < DARK_SHARE * skinLightness;
  const isHairPlace = (i: number) => {
    const u = Math.abs(frame.u[i]!);
    const v = frame.v[i]!;
    return person[i]! >= 0.6 && ((v < -0.62 && u < 0.75) || (u > 0.62 && v < 0.1));
  };
  // Places of hair that look like skin are forehead or ears, unless they are far too dark for it.
  const hair = collectSamples(lab, (i) => (isHairPlace(i) && (!likeSkin(i, 0.3) || isDark(i)) ? 1 : 0));
  const clothes = collectSamples(lab, (i) => (person[i]! > 0.6 && frame.v[i]! > 0.72 && !likeSkin(i, 0.1) ? 1 : 0));
  const background = collectSamples(lab, (i) => (person[i]! < 0.1 ? 1 : 0));
  return {
    skin,
    hair: learn(hair, 40 * area, 4),
    clothes: learn(clothes, 60 * area, 4),
    background: learn(background, 60 * area, 5),
    lightness: { skin: skinLightness, hair: hair.count > 0 ? medianLightness(hair) : skinLightness },
  };
}

/** Skin and hair learned again from what the first pass was sure of. */
export function refineModels(
  context: ParseContext,
  models: ColorModels,
  skin: Float32Array,
  hair: Float32Array,
): ColorModels {
  const { lab, oval, features, frame } = context;
  const area = areaOf(context);
  const sureSkin = collectSamples(lab, (i) =>
    skin[i]! > 0.85 && (oval[i]! > 0.5 || frame.v[i]! > 0.5) && features[i]! < 0.05 ? 1 : 0,
  );
  const sureHair = collectSamples(lab, (i) => (hair[i]! > 0.85 ? 1 : 0));
  return {
    ...models,
    skin: sureSkin.count > 200 * area ? withShadeAndShine(fitColorModel(sureSkin, 5)) : models.skin,
    hair: sureHair.count > 80 * area ? fitColorModel(sureHair, 5) : models.hair,
  };
}
