/** From reduced planes of light to the change of every pixel, and its application. */
import { changedLight } from '#engine/image/color.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import { mix } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { resizePlane, rowsRoom } from '#engine/image/resize.ts';
import type { DrivenTexture } from '../texture/driven-texture.ts';
import { changeFeature, type LitWindow } from './feature-change.ts';
import type { FeatureGain } from './feature-gains.ts';
import { weighTint, weightsBeside } from './own-tint.ts';
import type { SkinLight } from './skin-light.ts';

/** Light with its edges, at the reduced size. */
type ReducedLight = Pick<SkinLight, 'width' | 'height' | 'fine'>;

export interface DetailRule {
  /** Factor of the detail's contrast. */
  readonly contrast: number;
  /** How far bright detail is held back, 0..1. */
  readonly restraint: number;
}

/** Largest enhancement of highlights when light skin becomes dark. */
const HIGHLIGHT_LIMIT = 1.3;
/** Detail below this is too faint to be a highlight. */
const FAINT = 0.02;
/** Log light up to which bright detail passes whole, free and held back, and how much may follow beyond. */
const GLINT = { free: 1.5, held: 0.2, beyond: 0.12 } as const;

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
 * @param hidden where features could not be measured, 0..1
 * @param scale window pixels at 1024
 * @returns three planes of the window, 0 outside the mesh
 */
export function lightChange(
  { image, coverage }: Pick<DrivenTexture, 'image' | 'coverage'>,
  log: Float32Array,
  wanted: readonly Float32Array[],
  ours: ReducedLight,
  { contrast, restraint }: DetailRule,
  gains: readonly FeatureGain[],
  hidden: Float32Array,
  scale: number,
): Float32Array {
  const { width, height } = image;
  const n = width * height;
  const change = newPlane(3 * n);
  const knee = mix(GLINT.free, GLINT.held, restraint);
  for (let k = 0; k < 3; k++) {
    const lent = {
      read: [
        log.subarray(k * n, (k + 1) * n),
        coverage,
        wanted[k]!,
        ours.fine[k]!,
        highlightRatio(ours.fine[k]!, wanted[k]!),
      ],
      change: [change.subarray(k * n, (k + 1) * n)],
      room: 3 * rowsRoom(width, height),
    };
    withKernels(lent, (kernels, [own, mask, light, present, ratio, to], room) =>
      kernels.lightChange(
        own!,
        mask!,
        light!,
        present!,
        ratio!,
        ours.width,
        ours.height,
        width,
        height,
        contrast,
        FAINT,
        knee,
        GLINT.beyond,
        to!,
        room,
      ),
    );
  }
  const enlarge = (plane: Float32Array) => resizePlane(plane, ours.width, ours.height, width, height);
  const window: LitWindow = {
    width,
    coverage,
    log,
    wanted: wanted.map(enlarge),
    present: ours.fine.map(enlarge),
    weights: enlarge(weightsBeside(ours.fine, wanted)),
    hidden,
    scale,
  };
  weighTint(change, log, window.wanted, window.weights, coverage);
  for (const feature of gains) changeFeature(change, feature, window);
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
