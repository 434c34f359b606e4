/**
 * Features get gains of their own, as the paper recolours region by region: with the skin's gain, eyes and lips would
 * turn white when dark skin meets light.
 */
import type { FacePart } from '#engine/face/mesh.ts';
import { srgbToLinear } from '#engine/image/color.ts';
import { clamp } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { type BoxedMask, featureMask, forBox } from '../feature-masks.ts';

export type Rgb = readonly [number, number, number];

/** A logarithmic gain for each channel under a soft mask. */
export interface FeatureGain {
  readonly mask: BoxedMask;
  readonly gain: Rgb;
}

export const luminanceOf = (g: Rgb): number => 0.3 * g[0] + 0.59 * g[1] + 0.11 * g[2];

interface FeatureRule {
  readonly parts: readonly FacePart[];
  readonly holes: readonly FacePart[];
  readonly factor: number;
  /** Softness of the mask, pixels at 1024. */
  readonly soft: number;
  /** The gain from the measured ratio target : source (absent when too little is visible) and the skin's mean gain. */
  readonly gain: (ratio: Rgb | undefined, skin: Rgb) => Rgb;
}

const map3 = (f: (k: 0 | 1 | 2) => number): Rgb => [f(0), f(1), f(2)];
const limit = (x: number, most: number) => clamp(x, -most, most);

/** Share of the target's lip colour. */
const LIP_TINT = 0.4;

const RULES: readonly FeatureRule[] = [
  {
    parts: ['rightBrow', 'leftBrow'],
    holes: [],
    factor: 1.4,
    soft: 7,
    gain: (ratio, skin) => {
      const own = ratio ? luminanceOf(ratio) : 0.5 * luminanceOf(skin);
      return map3((k) => limit(0.5 * skin[k] + 0.5 * own, 1.2));
    },
  },
  {
    parts: ['rightEye', 'leftEye'],
    holes: [],
    factor: 1.3,
    soft: 4,
    gain: (ratio, skin) => {
      if (!ratio) return map3(() => 0.25 * luminanceOf(skin));
      const own = luminanceOf(ratio);
      return map3((k) => limit(0.7 * own, 0.6) + 0.5 * limit(ratio[k] - own, 0.3));
    },
  },
  {
    parts: ['outerLips'],
    holes: ['innerLips'],
    factor: 1.04,
    soft: 3,
    gain: (ratio, skin) => {
      const half = map3((k) => 0.5 * luminanceOf(skin) + 0.5 * skin[k]);
      if (!ratio) return map3((k) => limit(half[k], 1.6));
      return map3((k) => limit((0.5 + 0.5 * LIP_TINT) * ratio[k] + (0.5 - 0.5 * LIP_TINT) * half[k], 1.6));
    },
  },
  {
    parts: ['innerLips'],
    holes: [],
    factor: 1,
    soft: 1.5,
    gain: (ratio, skin) => {
      const own = ratio ? limit(0.6 * luminanceOf(ratio), 0.5) : 0.25 * luminanceOf(skin);
      return map3(() => own);
    },
  },
];

/** Pixels (at 1024) that a feature must show on both sides to be compared. */
const LEAST_VISIBLE = 60;
/** Added to mean linear light before the ratio. */
const FLOOR = 0.004;

function meanLight(image: RgbImage, mask: BoxedMask, hidden: Float32Array): { mean: Rgb; count: number } {
  const n = image.width * image.height;
  let [r, g, b, count] = [0, 0, 0, 0];
  forBox(mask.box, image.width, (i, j) => {
    if (mask.data[j]! * (1 - hidden[i]!) <= 0.5) return;
    r += srgbToLinear(image.data[i]!);
    g += srgbToLinear(image.data[n + i]!);
    b += srgbToLinear(image.data[2 * n + i]!);
    count++;
  });
  const per = 1 / Math.max(1, count);
  return { mean: [r * per, g * per, b * per], count };
}

/**
 * @param mesh composite mesh in window pixels: both pictures lie on it
 * @param skin mean logarithmic gain of the skin
 */
export function featureGains(
  mesh: Float32Array,
  face: RgbImage,
  lost: Float32Array,
  background: RgbImage,
  occluder: Float32Array,
  skin: Rgb,
  scale: number,
): FeatureGain[] {
  const { width, height } = face;
  const least = LEAST_VISIBLE * scale * scale;
  return RULES.map(({ parts, holes, factor, soft, gain }) => {
    const exact = featureMask(mesh, parts, width, height, 1, 0, holes);
    const theirs = meanLight(background, exact, occluder);
    const ours = meanLight(face, exact, lost);
    const seen = theirs.count > least && ours.count > least;
    const ratio = seen ? map3((k) => Math.log((theirs.mean[k] + FLOOR) / (ours.mean[k] + FLOOR))) : undefined;
    return { mask: featureMask(mesh, parts, width, height, factor, soft * scale, holes), gain: gain(ratio, skin) };
  });
}
