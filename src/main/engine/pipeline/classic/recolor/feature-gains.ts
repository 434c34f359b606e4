/**
 * Features get gains of their own, as the paper recolours region by region: with the skin's gain, eyes and lips would
 * turn white when dark skin meets light.
 */
import type { FacePart } from '#engine/face/mesh.ts';
import { linearLight } from '#engine/image/color.ts';
import { clamp, mix, smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { type BoxedMask, featureMask } from '../feature-masks.ts';

export type Rgb = readonly [number, number, number];

/** A logarithmic gain for each channel under a soft mask. */
export interface FeatureGain {
  readonly parts: readonly FacePart[];
  /** How much brighter the target's feature is, log luminance; 0 where that cannot be measured. */
  readonly brighter: number;
  readonly mask: BoxedMask;
  readonly gain: Rgb;
  readonly shading: Shading;
  /** By how much log light the change of hair stays behind that of the skin at least; below 0 it may go so far beyond. */
  readonly lag: number;
}

/**
 * How the light changes within a feature: by `one` gain, `along` with the skin round it, so with its shine held back as
 * on the skin (`shiny`), or along with it for its `hair` alone, which is what is darker than the skin, not the shine
 * between.
 */
export type Shading = 'one' | 'along' | 'shiny' | 'hair';

/** Weights of the channels in log luminance. */
export const LUMINANCE: Rgb = [0.3, 0.59, 0.11];

export const luminanceOf = (g: Rgb): number => LUMINANCE[0] * g[0] + LUMINANCE[1] * g[1] + LUMINANCE[2] * g[2];

interface FeatureRule {
  readonly parts: readonly FacePart[];
  readonly holes: readonly FacePart[];
  readonly factor: number;
  /** The same for a feature that becomes much brighter: what is left of it round the mask would stand out. */
  readonly brightened?: number;
  /** Softness of the mask, pixels at 1024. */
  readonly soft: number;
  /**
   * Which pixels are compared, as quantiles of brightness: in eyes the whites without their glints, so that a dark iris
   * does not count as a dark eye.
   */
  readonly quantiles: readonly [number, number];
  readonly shading: Shading;
  /** The gain from the measured ratio target : source (absent when too little is visible) and the skin's mean gain. */
  readonly gain: (ratio: Rgb | undefined, skin: Rgb) => Rgb;
}

const map3 = (f: (k: 0 | 1 | 2) => number): Rgb => [f(0), f(1), f(2)];
const limit = (x: number, most: number) => clamp(x, -most, most);

/** Share of the change of the skin's tint that hair takes part in: most of it is the skin's own. */
export const HAIR_TINT = 0.65;

/** Share of the skin's mean change of light that hair does not take part in: dark hair stays dark on any skin. */
const HAIR_LAG = 0.5;

/** Share of the target's lip colour. */
const LIP_TINT = 0.4;
/** Change of a lip's log light: beyond it darkened lips lose their colour, and brightened ones show noise. */
const LIP_RANGE = [-1.8, 2.6] as const;

const eyeRule = (eye: 'rightEye' | 'leftEye'): FeatureRule => ({
  parts: [eye],
  holes: [],
  factor: 1.3,
  soft: 4,
  quantiles: [0.6, 0.92],
  shading: 'one',
  gain: (ratio, skin) => {
    if (!ratio) return map3(() => 0.25 * luminanceOf(skin));
    const own = luminanceOf(ratio);
    return map3((k) => limit(0.85 * own, 0.9) + 0.5 * limit(ratio[k] - own, 0.2));
  },
});

const RULES: readonly FeatureRule[] = [
  {
    parts: ['rightBrow', 'leftBrow'],
    holes: [],
    factor: 1.4,
    soft: 7,
    quantiles: [0, 1],
    shading: 'hair',
    gain: (ratio, skin) => {
      const light = luminanceOf(skin);
      const own = ratio ? luminanceOf(ratio) : 0.5 * light;
      return map3((k) => limit(0.5 * own + 0.5 * light + 0.5 * HAIR_TINT * (skin[k] - light), 1.2));
    },
  },
  eyeRule('rightEye'),
  eyeRule('leftEye'),
  {
    parts: ['outerLips'],
    holes: ['innerLips'],
    factor: 1.04,
    brightened: 1.1,
    soft: 3,
    quantiles: [0, 1],
    shading: 'shiny',
    gain: (ratio, skin) => {
      const half = map3((k) => 0.5 * luminanceOf(skin) + 0.5 * skin[k]);
      if (!ratio) return map3((k) => limit(half[k], 1.6));
      // The farther apart the skins are, the less a lip can keep a colour of its own.
      const tint = mix(LIP_TINT, 1, smoothstep(0.4, 1.2, Math.abs(luminanceOf(skin))));
      return map3((k) => clamp((0.5 + 0.5 * tint) * ratio[k] + (0.5 - 0.5 * tint) * half[k], ...LIP_RANGE));
    },
  },
  {
    parts: ['innerLips'],
    holes: [],
    factor: 1,
    soft: 1.5,
    quantiles: [0.5, 0.95],
    shading: 'along',
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

function meanLight(
  image: RgbImage,
  mask: BoxedMask,
  hidden: Float32Array,
  [low, high]: readonly [number, number],
): { mean: Rgb; count: number } {
  const { width, data } = image;
  const n = width * image.height;
  const { box } = mask;
  const light = new Float64Array(box.width * box.height);
  const pixels = new Uint32Array(box.width * box.height);
  let count = 0;
  for (let y = 0, j = 0; y < box.height; y++) {
    for (let i = (box.y + y) * width + box.x, end = i + box.width; i < end; i++, j++) {
      if (mask.data[j]! * (1 - hidden[i]!) <= 0.5) continue;
      light[count] = 0.3 * data[i]! + 0.59 * data[n + i]! + 0.11 * data[2 * n + i]!;
      pixels[count++] = i;
    }
  }
  // Places in `pixels`, dark ones first where only some count.
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (low > 0 || high < 1) order.sort((a, b) => light[a]! - light[b]! || a - b);
  const chosen = order.subarray(Math.floor(low * count), Math.ceil(high * count));
  const mean = map3((k) => {
    let sum = 0;
    for (let c = 0; c < chosen.length; c++) sum += linearLight(data[k * n + pixels[chosen[c]!]!]!);
    return sum / Math.max(1, chosen.length);
  });
  return { mean, count };
}

/**
 * @param mesh composite mesh in window pixels: both pictures lie on it
 * @param hidden where either of them shows something else: both are measured at the same places
 * @param skin mean logarithmic gain of the skin
 * @param colorless the face comes from a grey picture
 */
export function featureGains(
  mesh: Float32Array,
  face: RgbImage,
  background: RgbImage,
  hidden: Float32Array,
  skin: Rgb,
  scale: number,
  colorless: boolean,
): FeatureGain[] {
  const { width, height } = face;
  const least = LEAST_VISIBLE * scale * scale;
  /** A grey source has no colours of its own to keep: it gets the target's. */
  const tinted = (ratio: Rgb): Rgb =>
    map3((k) => limit(luminanceOf(ratio), 1.2) + limit(ratio[k] - luminanceOf(ratio), 1));
  return RULES.map(({ parts, holes, factor, brightened = factor, soft, quantiles, shading, gain }) => {
    const exact = featureMask(mesh, parts, width, height, 1, 0, holes);
    const theirs = meanLight(background, exact, hidden, quantiles);
    const ours = meanLight(face, exact, hidden, quantiles);
    const seen = theirs.count > least && ours.count > least;
    const ratio = seen ? map3((k) => Math.log((theirs.mean[k] + FLOOR) / (ours.mean[k] + FLOOR))) : undefined;
    const brighter = ratio ? luminanceOf(ratio) : 0;
    const grown = mix(factor, brightened, smoothstep(0.5, 1.2, brighter));
    return {
      shading,
      lag: shading === 'hair' ? HAIR_LAG * luminanceOf(skin) : 0,
      parts,
      brighter,
      mask: featureMask(mesh, parts, width, height, grown, soft * scale, holes),
      gain: colorless && ratio ? tinted(ratio) : gain(ratio, skin),
    };
  });
}
