/** From reduced planes of light to the change of every pixel, and its application. */
import { changedLight } from '#engine/image/color.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import { mix } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { resizePlane, rowsRoom } from '#engine/image/resize.ts';
import { forBox } from '../feature-masks.ts';
import type { DrivenTexture } from '../texture/driven-texture.ts';
import { type FeatureGain, HAIR_TINT, LUMINANCE, luminanceOf, type Rgb } from './feature-gains.ts';
import { hairShare } from './hair-share.ts';
import type { SkinLight } from './skin-light.ts';

/** Light with its edges, at the reduced size. */
type ReducedLight = Pick<SkinLight, 'width' | 'height' | 'fine'>;

/** What is known of the window's light. */
interface LitWindow {
  readonly width: number;
  readonly coverage: Float32Array;
  readonly log: Float32Array;
  /** Light that the face gets, and light that it has. */
  readonly wanted: readonly Float32Array[];
  readonly present: readonly Float32Array[];
  readonly hidden: Float32Array;
  readonly scale: number;
}

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
    hidden,
    scale,
  };
  for (const feature of gains) {
    if (feature.shading === 'one') changeWhole(change, coverage, feature, width);
    else changeAlong(change, feature, window);
  }
  return change;
}

/** Gives a feature one change of light. */
function changeWhole(change: Float32Array, coverage: Float32Array, { mask, gain }: FeatureGain, width: number): void {
  const n = coverage.length;
  forBox(mask.box, width, (i, j) => {
    const share = mask.data[j]!;
    if (share <= 0 || coverage[i] === 0) return;
    for (let k = 0, o = i; k < 3; k++, o += n) change[o]! += share * (gain[k]! - change[o]!);
  });
}

/** A change of light with the part of its tint that hair takes. */
function lessTinted(change: Rgb): [number, number, number] {
  const light = luminanceOf(change);
  const of = (k: 0 | 1 | 2) => light + HAIR_TINT * (change[k] - light);
  return [of(0), of(1), of(2)];
}

/** Added to what is seen of a feature before it weighs, so that one that is hidden has a mean too. */
const HARDLY_SEEN = 1e-3;

/**
 * Gives a feature, or the hair in it, the change of the skin round it, departed from by as much as its gain departs
 * from the skin's where it was measured: one gain for both brows would keep the shadow that lies on one of them, one
 * for the lips the light of the side that the source was lit from.
 */
function changeAlong(
  change: Float32Array,
  { mask, gain, shading }: FeatureGain,
  { width, coverage, log, wanted, present: all, hidden, scale }: LitWindow,
): void {
  const n = coverage.length;
  const { box, data } = mask;
  const size = data.length;
  const skinChange = newPlane(3 * size);
  const darkness = newPlane(size);
  let mean: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    const light = wanted[k]!;
    const present = all[k]!;
    let sum = 0;
    let weight = 0;
    for (let y = 0, j = 0; y < box.height; y++) {
      for (let i = (box.y + y) * width + box.x, end = i + box.width; i < end; i++, j++) {
        if (coverage[i] === 0) continue;
        const skin = light[i]! - present[i]!;
        skinChange[k * size + j] = skin;
        darkness[j]! += LUMINANCE[k]! * (log[k * n + i]! - present[i]!);
        const seen = data[j]! * (1 - hidden[i]! + HARDLY_SEEN);
        sum += seen * skin;
        weight += seen;
      }
    }
    mean[k] = weight > 0 ? sum / weight : gain[k]!;
  }
  if (shading === 'hair') {
    mean = lessTinted(mean);
    for (let j = 0; j < size; j++) {
      const [r, g, b] = lessTinted([skinChange[j]!, skinChange[size + j]!, skinChange[2 * size + j]!]);
      skinChange[j] = r;
      skinChange[size + j] = g;
      skinChange[2 * size + j] = b;
    }
  }
  const departure = gain.map((change, k) => change - mean[k]!);
  const share =
    shading === 'hair'
      ? hairShare(darkness, box.width, box.height, Math.max(...departure.map(Math.abs)), scale)
      : undefined;
  forBox(box, width, (i, j) => {
    const part = data[j]! * (share?.[j] ?? 1);
    if (part <= 0 || coverage[i] === 0) return;
    for (let k = 0, o = i; k < 3; k++, o += n)
      change[o]! += part * (skinChange[k * size + j]! + departure[k]! - change[o]!);
  });
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
