/** The change of light within a feature: by one gain, or along with the skin round it. */
import { newPlane } from '#engine/image/planes.ts';
import { forBox } from '../feature-masks.ts';
import { type FeatureGain, HAIR_TINT, LUMINANCE, luminanceOf, type Rgb } from './feature-gains.ts';
import { hairShare } from './hair-share.ts';
import { weightBeside } from './own-tint.ts';

/** What is known of the window's light. */
export interface LitWindow {
  readonly width: number;
  readonly coverage: Float32Array;
  readonly log: Float32Array;
  /** Light that the face gets, and light that it has. */
  readonly wanted: readonly Float32Array[];
  readonly present: readonly Float32Array[];
  /** What the tint of detail weighs. */
  readonly weights: Float32Array;
  readonly hidden: Float32Array;
  readonly scale: number;
}

/** Added to what is seen of a feature before it weighs, so that one that is hidden has a mean too. */
const HARDLY_SEEN = 1e-3;
/** Hair on much brighter skin takes that skin's tint, a little less of it: between single hairs the skin shines through. */
const HAIR_ON_BRIGHT = 0.9;

/** Changes the light of a feature. @param change three planes of the window, changed in place */
export function changeFeature(change: Float32Array, feature: FeatureGain, window: LitWindow): void {
  if (feature.shading === 'one') changeWhole(change, feature, window);
  else changeAlong(change, feature, window);
}

/** Gives a feature one change of light. */
function changeWhole(change: Float32Array, { mask, gain }: FeatureGain, { coverage, width }: LitWindow): void {
  const n = coverage.length;
  forBox(mask.box, width, (i, j) => {
    const share = mask.data[j]!;
    if (share <= 0 || coverage[i] === 0) return;
    for (let k = 0, o = i; k < 3; k++, o += n) change[o]! += share * (gain[k]! - change[o]!);
  });
}

/** A feature beside the skin round it, in the feature's box. */
interface BesideSkin {
  /** The skin's change of log light, three planes. */
  readonly skin: Float32Array;
  /** Its mean over what is seen of the feature. */
  readonly mean: Rgb;
  /** Log light of the feature beyond the skin's, three planes, and the means. */
  readonly own: Float32Array;
  readonly ownMean: Rgb;
}

function besideSkin({ mask, gain }: FeatureGain, window: LitWindow): BesideSkin {
  const { width, coverage, log, wanted, present, hidden } = window;
  const n = coverage.length;
  const { box, data } = mask;
  const size = data.length;
  const skin = newPlane(3 * size);
  const own = newPlane(3 * size);
  const mean: [number, number, number] = [gain[0], gain[1], gain[2]];
  const ownMean: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    const to = wanted[k]!;
    const from = present[k]!;
    let sum = 0;
    let ownSum = 0;
    let weight = 0;
    for (let y = 0, j = 0; y < box.height; y++) {
      for (let i = (box.y + y) * width + box.x, end = i + box.width; i < end; i++, j++) {
        if (coverage[i] === 0) continue;
        const light = to[i]! - from[i]!;
        const beyond = log[k * n + i]! - from[i]!;
        skin[k * size + j] = light;
        own[k * size + j] = beyond;
        const seen = data[j]! * (1 - hidden[i]! + HARDLY_SEEN);
        sum += seen * light;
        ownSum += seen * beyond;
        weight += seen;
      }
    }
    if (weight <= 0) continue;
    mean[k] = sum / weight;
    ownMean[k] = ownSum / weight;
  }
  return { skin, mean, own, ownMean };
}

/**
 * Gives a feature, or the hair in it, the change of the skin round it, departed from by as much as its gain departs
 * from the skin's where it was measured: one gain for both brows would keep the shadow that lies on one of them, one
 * for the lips the light of the side that the source was lit from.
 */
function changeAlong(change: Float32Array, feature: FeatureGain, window: LitWindow): void {
  const { coverage, width } = window;
  const n = coverage.length;
  const { mask, shading } = feature;
  const beside = besideSkin(feature, window);
  const size = mask.data.length;
  const share = shading === 'hair' ? changeOfHair(beside, feature, window) : undefined;
  if (!share) {
    for (let k = 0; k < 3; k++) {
      const departure = feature.gain[k]! - beside.mean[k]!;
      for (let j = k * size; j < (k + 1) * size; j++) beside.skin[j]! += departure;
    }
    if (shading === 'shiny') weighShine(beside, feature, window);
  }
  forBox(mask.box, width, (i, j) => {
    const part = mask.data[j]! * (share?.[j] ?? 1);
    if (part <= 0 || coverage[i] === 0) return;
    for (let k = 0, o = i; k < 3; k++, o += n) change[o]! += part * (beside.skin[k * size + j]! - change[o]!);
  });
}

/** A change of light with the part of its tint that hair takes. */
function lessTinted(change: Rgb): Rgb {
  const light = luminanceOf(change);
  const of = (k: 0 | 1 | 2) => light + HAIR_TINT * (change[k] - light);
  return [of(0), of(1), of(2)];
}

/** Log luminance of three planes one after the other. */
const lightAt = (planes: Float32Array, size: number, j: number): number =>
  LUMINANCE[0] * planes[j]! + LUMINANCE[1] * planes[size + j]! + LUMINANCE[2] * planes[2 * size + j]!;

/** Log luminance of a plane a channel. */
const lightOf = (planes: readonly Float32Array[], i: number): number =>
  LUMINANCE[0] * planes[0]![i]! + LUMINANCE[1] * planes[1]![i]! + LUMINANCE[2] * planes[2]![i]!;

/**
 * Turns the skin's change into that of hair. Its light departs from the skin's at least so far that it lags behind; its
 * tint is its own with part of the change of the skin's, and nears the wanted skin's as its own weighs less.
 * @returns where the hair is, 0..1
 */
function changeOfHair({ skin, mean, own }: BesideSkin, feature: FeatureGain, window: LitWindow): Float32Array {
  const { box, data } = feature.mask;
  const { wanted, present, weights, width, scale } = window;
  const size = data.length;
  const hairMean = lessTinted(mean);
  const departure: Rgb = [0, 1, 2].map((k) => feature.gain[k]! - hairMean[k]!) as unknown as Rgb;
  const departing = luminanceOf(departure);
  const light = Math.min(departing, -feature.lag);
  const darkness = newPlane(size);
  for (let y = 0, j = 0; y < box.height; y++) {
    for (let i = (box.y + y) * width + box.x, end = i + box.width; i < end; i++, j++) {
      const dark = lightAt(own, size, j);
      darkness[j] = dark;
      if (data[j]! <= 0) continue;
      const weight = weights[i]!;
      const bright = lightOf(wanted, i);
      const before = dark + lightOf(present, i);
      const by = lightAt(skin, size, j);
      for (let k = 0, o = j; k < 3; k++, o += size) {
        const ownTint = own[o]! + present[k]![i]! - before;
        const kept = HAIR_TINT * (skin[o]! - by) + departure[k]! - departing;
        const taken = HAIR_ON_BRIGHT * (wanted[k]![i]! - bright) - ownTint;
        skin[o] = by + light + weight * kept + (1 - weight) * taken;
      }
    }
  }
  const departures = departure.map((d) => d - departing + light);
  return hairShare(darkness, box.width, box.height, departures, scale);
}

/**
 * Lets what outshines a feature's mean, and its tint, weigh less where the feature becomes brighter; the mean light
 * stays. Shine is light added: multiplied, it makes dark lips glare.
 * @param beside its `skin` is the change of the feature, changed in place
 */
function weighShine({ skin, own, ownMean }: BesideSkin, { mask }: FeatureGain, window: LitWindow): void {
  const { width, coverage, hidden } = window;
  const { box, data } = mask;
  const size = data.length;
  const meanLight = luminanceOf(ownMean);
  let lost = 0;
  let weight = 0;
  for (let y = 0, j = 0; y < box.height; y++) {
    for (let i = (box.y + y) * width + box.x, end = i + box.width; i < end; i++, j++) {
      if (data[j]! <= 0 || coverage[i] === 0) continue;
      const light = lightAt(own, size, j) - meanLight;
      const kept = weightBeside(lightAt(skin, size, j));
      // The square root: lips are moist on whatever face.
      const held = light > 0 ? Math.log(1 + (Math.exp(light) - 1) * Math.sqrt(kept)) : light;
      for (let k = 0, o = j; k < 3; k++, o += size) {
        skin[o]! += held - light - (1 - kept) * (own[o]! - ownMean[k]! - light);
      }
      const seen = data[j]! * (1 - hidden[i]! + HARDLY_SEEN);
      lost += seen * (light - held);
      weight += seen;
    }
  }
  if (weight <= 0) return;
  const regained = lost / weight;
  for (let j = 0; j < skin.length; j++) skin[j]! += regained;
}
