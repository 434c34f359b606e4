/** From reduced planes of light to the change of every pixel, and its application. */
import { changedLight } from '#engine/image/color.ts';
import { mix, smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { enlargedRows } from '#engine/image/resize.ts';
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

/** Lets detail pass up to the knee and only a little beyond it. */
const heldBack = (detail: number, knee: number): number =>
  detail <= knee ? detail : knee + GLINT.beyond * Math.tanh((detail - knee) / GLINT.beyond);

/**
 * How much a highlight weighs in the wanted light. It is light added to the skin's own, so on brighter skin it weighs
 * less: log(1 + (e^d - 1) ratio), ratio = present light over wanted light. Multiplying it instead makes noses of dark
 * faces glare on light ones.
 */
function highlightRatio(present: Float32Array, wanted: Float32Array): Float32Array {
  const ratio = newPlane(present.length);
  for (let i = 0; i < ratio.length; i++) ratio[i] = Math.min(HIGHLIGHT_LIMIT, Math.exp(present[i]! - wanted[i]!));
  return ratio;
}

/**
 * The change of log light at full strength.
 * @param log log light of the texture, three planes
 * @param wanted light that the face gets, reduced planes
 * @param ours light that it has
 * @returns three planes of the window, 0 outside the mesh
 */
export function lightChange(
  { image, coverage }: DrivenTexture,
  log: Float32Array,
  wanted: readonly Float32Array[],
  ours: SkinLight,
  { contrast, restraint }: DetailRule,
  gains: readonly FeatureGain[],
): Float32Array {
  const { width, height } = image;
  const n = width * height;
  const change = newPlane(3 * n);
  const knee = mix(GLINT.free, GLINT.held, restraint);
  for (let k = 0; k < 3; k++) {
    const rows = (plane: Float32Array) => enlargedRows(plane, ours.width, ours.height, width, height);
    const lightRows = rows(wanted[k]!);
    const presentRows = rows(ours.fine[k]!);
    const ratioRows = rows(highlightRatio(ours.fine[k]!, wanted[k]!));
    const from = log.subarray(k * n, (k + 1) * n);
    const to = change.subarray(k * n, (k + 1) * n);
    for (let y = 0, i = 0; y < height; y++) {
      const light = lightRows(y);
      const present = presentRows(y);
      const ratio = ratioRows(y);
      for (let x = 0; x < width; x++, i++) {
        if (coverage[i] === 0) continue;
        const own = from[i]!;
        let detail = contrast * (own - present[x]!);
        if (detail > FAINT) {
          detail = Math.log(1 + (Math.exp(detail) - 1) * ratio[x]!);
          if (detail > knee) detail = heldBack(detail, knee);
        }
        to[i] = light[x]! + detail - own;
      }
    }
    for (const { mask, gain, darkOnly } of gains) {
      const { box, data } = mask;
      const wish = gain[k]!;
      for (let y = 0, j = 0; y < box.height; y++) {
        const present = presentRows(box.y + y);
        for (let x = box.x, i = (box.y + y) * width + x, end = x + box.width; x < end; x++, i++, j++) {
          let share = data[j]!;
          if (share <= 0 || coverage[i] === 0) continue;
          if (darkOnly) share *= smoothstep(DARK.none, DARK.whole, from[i]! - present[x]!);
          to[i]! += share * (wish - to[i]!);
        }
      }
    }
  }
  return change;
}

/** The picture with a share of the change, 0 (its own colours) .. 1. @param log its log light */
export function applyChange(
  change: Float32Array,
  image: RgbImage,
  log: Float32Array,
  coverage: Float32Array,
  strength: number,
): RgbImage {
  if (strength === 0) return image;
  return { width: image.width, height: image.height, data: changedLight(log, change, strength, coverage) };
}
