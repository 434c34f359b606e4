/** From reduced planes of light to the change of every pixel, and its application. */
import { fromLogLight, logLight } from '#engine/image/color.ts';
import { mix, smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { forBox } from '../feature-masks.ts';
import type { DrivenTexture } from '../texture/driven-texture.ts';
import type { FeatureGain } from './feature-gains.ts';
import type { SkinLight } from './skin-light.ts';

export interface DetailRule {
  /** Factor of the detail's contrast. */
  readonly contrast: number;
  /** How far bright detail is held back, 0..1. */
  readonly restraint: number;
}

/** Largest enhancement of highlights when light skin becomes dark. */
const HIGHLIGHT_LIMIT = 1.3;
/** Log light against the skin's at which a pixel of a dark feature does not and does belong to it. */
const DARK = { none: 0.16, whole: -0.06 } as const;
/** Detail below this is too faint to be a highlight. */
const FAINT = 0.02;
/** Log light up to which bright detail passes whole, free and held back, and how much may follow beyond. */
const GLINT = { free: 1.5, held: 0.2, beyond: 0.12 } as const;

/**
 * A highlight is light added to the skin's own, so on brighter skin it weighs less: log(1 + (e^d - 1) ratio), ratio =
 * present light over wanted light. Multiplying it instead makes noses of dark faces glare on light ones.
 */
const highlight = (detail: number, ratio: number): number =>
  Math.log(1 + (Math.exp(detail) - 1) * Math.min(HIGHLIGHT_LIMIT, ratio));

/** Lets detail pass up to the knee and only a little beyond it. */
const heldBack = (detail: number, knee: number): number =>
  detail <= knee ? detail : knee + GLINT.beyond * Math.tanh((detail - knee) / GLINT.beyond);

/**
 * The change of log light at full strength.
 * @param wanted light that the face gets, reduced planes
 * @param ours light that it has
 * @returns three planes of the window, 0 outside the mesh
 */
export function lightChange(
  { image, coverage }: DrivenTexture,
  wanted: readonly Float32Array[],
  ours: SkinLight,
  { contrast, restraint }: DetailRule,
  gains: readonly FeatureGain[],
): Float32Array {
  const { width, height } = image;
  const n = width * height;
  const change = new Float32Array(3 * n);
  const knee = mix(GLINT.free, GLINT.held, restraint);
  for (let k = 0; k < 3; k++) {
    const light = resizePlane(wanted[k]!, ours.width, ours.height, width, height);
    const present = resizePlane(ours.fine[k]!, ours.width, ours.height, width, height);
    const from = image.data.subarray(k * n, (k + 1) * n);
    const to = change.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) {
      if (coverage[i] === 0) continue;
      const own = logLight(from[i]!);
      const had = present[i]!;
      let detail = contrast * (own - had);
      if (detail > FAINT) detail = heldBack(highlight(detail, Math.exp(had - light[i]!)), knee);
      to[i] = light[i]! + detail - own;
    }
    for (const { mask, gain, darkOnly } of gains) {
      forBox(mask.box, width, (i, j) => {
        const share = mask.data[j]!;
        if (share <= 0 || coverage[i] === 0) return;
        const belongs = darkOnly ? smoothstep(DARK.none, DARK.whole, logLight(from[i]!) - present[i]!) : 1;
        to[i]! += share * belongs * (gain[k]! - to[i]!);
      });
    }
  }
  return change;
}

/** The picture with a share of the change, 0 (its own colours) .. 1. */
export function applyChange(change: Float32Array, image: RgbImage, coverage: Float32Array, strength: number): RgbImage {
  if (strength === 0) return image;
  const n = image.width * image.height;
  const data = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    if (coverage[i] === 0) continue;
    for (let o = i; o < 3 * n; o += n) data[o] = fromLogLight(logLight(image.data[o]!) + strength * change[o]!);
  }
  return { width: image.width, height: image.height, data };
}
