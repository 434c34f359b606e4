/**
 * Recolouring: the source's texture in the light and skin tone of the target. Works on the logarithm of linear light,
 * split into broad light, light with edges, and detail: the first comes from the target, the second mostly from the
 * source (what it adds to the target's is limited, which takes away its cast shadows), the third from the source.
 */
import type { FacePart } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { logLight, logLightPlane } from '#engine/image/color.ts';
import { clamp, mix, smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { raiseTo } from '#engine/image/pointwise.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import { shrinkPlane } from '#engine/image/resize.ts';
import type { ClassicFace } from '../classic-face.ts';
import { contourPoints } from '../contours.ts';
import type { Exchange } from '../exchange.ts';
import { mouthOpenness, mouthWidth } from '../expression.ts';
import { featureMask, forBox } from '../feature-masks.ts';
import { isGreyImage } from '../grey.ts';
import type { DrivenTexture } from '../texture/driven-texture.ts';
import { type FeatureGain, featureGains, luminanceOf, type Rgb } from './feature-gains.ts';
import { type DetailRule, lightChange } from './light-change.ts';
import { LIGHT_REDUCTION, type SkinLight, skinLight } from './skin-light.ts';

/** Everything about a recolouring that does not depend on its strength. */
export interface RecolorPlan {
  readonly width: number;
  readonly height: number;
  /** The change of log light at full strength, three planes of the window; 0 outside the mesh. */
  readonly change: Float32Array;
  /** Log light of the texture. */
  readonly log: Float32Array;
  readonly features: readonly FeatureGain[];
  /** Where both pictures show bare skin, at the reduced size. */
  readonly both: Float32Array;
}

/** Zones round the features that are not skin. */
const NOT_SKIN: readonly { part: FacePart; factor: number }[] = [
  { part: 'rightEye', factor: 1.6 },
  { part: 'leftEye', factor: 1.6 },
  { part: 'rightBrow', factor: 1.25 },
  { part: 'leftBrow', factor: 1.25 },
  { part: 'outerLips', factor: 1.12 },
];

/**
 * Root mean square of the source's light without its broad part, and of its departure from the target's, in log light:
 * ordinary up to, hard from. Hard light is so in both.
 */
const SOFT_LIGHT = 0.22;
const HARD_LIGHT = 0.45;
/**
 * Shares of the target's structure of light (nose wings, folds, cheekbones) that go where the source has none: its face is
 * told by them as much as by its texture. Some of its shine stays: it belongs to the light too.
 */
const TAKEN_AWAY = { shade: 0.85, shine: { light: 0.7, dark: 0.45 } } as const;
/** Mean log light of the target's skin from which on it counts as light, and up to which as dark. */
const TONE = { dark: -2.9, light: -1.7 } as const;
/** How far the light may depart from the target's beyond that, in log light. */
const LARGEST_DEPARTURE = { soft: 0.5, hard: 0.16 } as const;
/** The same for its tint alone (the colour of sun and shade), and how much more for each unit taken away. */
const LARGEST_TINT = 0.1;
const TINT_TAKEN_AWAY = 0.25;
/** Share of the target's own light with edges that is always taken. */
const TARGET_SHARE = { soft: 0.1, hard: 0.45 } as const;
/** Detail goes half the way to the target's contrast (on a logarithmic scale): wrinkles belong to the face. */
const CONTRAST_SHARE = 0.5;
const CONTRAST_RANGE = [0.7, 1.1] as const;

/** Cheek folds and chin: where a smile leaves marks. Vertices of closed polygons. */
const FOLDS: readonly (readonly number[])[] = [
  [129, 203, 206, 216, 212, 202, 210, 135, 192, 213, 147, 187, 205, 36, 142],
  [358, 423, 426, 436, 432, 422, 430, 364, 416, 433, 376, 411, 425, 266, 371],
  [182, 83, 18, 313, 406, 335, 421, 199, 201, 106],
];

/** How closely the light follows the target round the mouth: as far as the expressions differ. */
function targetShare(
  local: Float32Array,
  width: number,
  height: number,
  source: ClassicFace,
  target: ClassicFace,
  scale: number,
) {
  const s = source.aligned.landmarks;
  const t = target.aligned.landmarks;
  const difference = 4 * Math.abs(mouthWidth(s) - mouthWidth(t)) + 2 * Math.abs(mouthOpenness(s) - mouthOpenness(t));
  const folds = newPlane(width * height);
  for (const fold of FOLDS) fillPolygon(contourPoints(local, fold, 1 / LIGHT_REDUCTION), width, height, folds);
  const soft = gaussianBlur(folds, width, height, (20 * scale) / LIGHT_REDUCTION);
  const most = 0.9 * clamp(difference, 0, 1);
  for (let i = 0; i < soft.length; i++) soft[i] = most * soft[i]!;
  return soft;
}

/** Compares the light of both faces. */
export function planRecolor(
  texture: DrivenTexture,
  exchanged: Exchange,
  source: ClassicFace,
  target: ClassicFace,
): RecolorPlan {
  const { window, local, background, occluder } = exchanged;
  const scale = target.aligned.size / 1024;
  const { width: w, height: h } = window;
  const reduce = (plane: Float32Array) => shrinkPlane(plane, w, h, LIGHT_REDUCTION).data;
  const width = Math.floor(w / LIGHT_REDUCTION);
  const height = Math.floor(h / LIGHT_REDUCTION);
  const n = width * height;
  const features = newPlane(w * h);
  for (const { part, factor } of NOT_SKIN) {
    const mask = featureMask(local, [part], w, h, factor);
    forBox(mask.box, w, (i, j) => {
      features[i] = Math.max(features[i]!, mask.data[j]!);
    });
  }
  const free = reduce(features);
  const region = reduce(exchanged.region);
  const covered = reduce(occluder);
  const targetSkin = reduce(exchanged.skin);
  const lost = reduce(texture.lost);
  const halfToReduced = (plane: Float32Array) => shrinkPlane(plane, w >> 1, h >> 1, LIGHT_REDUCTION / 2).data;
  const sourceSkin = halfToReduced(texture.skinHalf);
  const coverage = halfToReduced(texture.coverageHalf);
  const ofTarget = newPlane(n);
  const ofSource = newPlane(n);
  const both = newPlane(n);
  for (let i = 0; i < n; i++) {
    // Covered places are not seen in the end: neither side learns from them.
    const seen = (1 - free[i]!) * (1 - covered[i]!);
    const inside = clamp((region[i]! - 0.5) * 2, 0, 1) * clamp((coverage[i]! - 0.8) * 5, 0, 1) * seen;
    const [t, s] = agree(sure(targetSkin[i]!), sure(sourceSkin[i]!));
    ofTarget[i] = inside * t;
    ofSource[i] = inside * s;
    both[i] = Math.min(ofTarget[i]!, ofSource[i]! * (1 - lost[i]!));
  }
  const direct = halfToReduced(texture.directHalf);
  const comparable = newPlane(n);
  for (let i = 0; i < n; i++) comparable[i] = both[i]! * smoothstep(0.5, 1, direct[i]!);
  const theirs = skinLight(background, ofTarget, comparable, scale);
  const ours = skinLight(texture.image, ofSource, comparable, scale);
  const log = logLightPlane(texture.image.data);
  const follow = targetShare(local, width, height, source, target, scale);
  const wanted = wantedLight(theirs, ours, both, direct, follow);
  const hidden = newPlane(texture.lost.length);
  hidden.set(texture.lost);
  raiseTo(hidden, occluder);
  const skinGain = meanGain(wanted.light, ours.fine, both);
  const detail: DetailRule = {
    contrast: detailContrast(log, background, ours.fine, theirs.fine, both, width),
    // Glints stand out in hard light, and where dark skin becomes light.
    restraint: Math.max(wanted.hardness, smoothstep(0.4, 1.2, luminanceOf(skinGain))),
  };
  const gains = featureGains(
    local,
    texture.image,
    background,
    hidden,
    skinGain,
    scale,
    isGreyImage(source.aligned.crop),
  );
  return {
    width: w,
    height: h,
    log,
    change: lightChange(texture, log, wanted.light, ours, detail, gains, hidden, scale),
    features: gains,
    both,
  };
}

/**
 * The target's broad light with the source's structure of light. What the target has and the source has not is taken
 * away; what the source has beyond the target's is added as far as it looks natural: the harder the light it was taken
 * in, the less. Mirrored texture shows the light of the other side, so it gets the target's alone.
 */
function wantedLight(
  theirs: SkinLight,
  ours: SkinLight,
  both: Float32Array,
  direct: Float32Array,
  follow: Float32Array,
): { light: Float32Array[]; hardness: number } {
  const n = both.length;
  const our = structureOf(ours, direct);
  const their = structureOf(theirs, direct);
  const ourLuminance = luminancePlane(our);
  const theirLuminance = luminancePlane(their);
  let own = 0;
  let departing = 0;
  let tone = 0;
  const theirLight = luminancePlane(theirs.fine as Structure);
  let weight = 1e-6;
  for (let i = 0; i < n; i++) {
    const light = ourLuminance[i]!;
    own += both[i]! * light ** 2;
    departing += both[i]! * (light - theirLuminance[i]!) ** 2;
    tone += both[i]! * theirLight[i]!;
    weight += both[i]!;
  }
  const hardness = smoothstep(SOFT_LIGHT, HARD_LIGHT, Math.sqrt(Math.min(own, departing) / weight));
  const most = mix(LARGEST_DEPARTURE.soft, LARGEST_DEPARTURE.hard, hardness);
  const least = mix(TARGET_SHARE.soft, TARGET_SHARE.hard, hardness);
  const shine = mix(TAKEN_AWAY.shine.dark, TAKEN_AWAY.shine.light, smoothstep(TONE.dark, TONE.light, tone / weight));
  const light = [newPlane(n), newPlane(n), newPlane(n)];
  for (let i = 0; i < n; i++) {
    const present = theirLuminance[i]!;
    const departure = ourLuminance[i]! - present;
    const away = present > 0 ? shine * clamp(departure, -present, 0) : TAKEN_AWAY.shade * clamp(departure, 0, -present);
    const kept = away + most * Math.tanh((departure - away) / most);
    const tint = LARGEST_TINT + TINT_TAKEN_AWAY * Math.abs(away);
    const share = direct[i]! * (1 - Math.max(least, follow[i]!));
    for (let k = 0; k < 3; k++) {
      const tinted = our[k]![i]! - their[k]![i]! - departure;
      light[k]![i] = theirs.fine[k]![i]! + share * (kept + tint * Math.tanh(tinted / tint));
    }
  }
  return { light, hardness };
}

/** Light without its broad part, three planes. */
type Structure = readonly [Float32Array, Float32Array, Float32Array];

function luminancePlane([r, g, b]: Structure): Float32Array {
  const out = newPlane(r.length);
  for (let i = 0; i < out.length; i++) out[i] = 0.3 * r[i]! + 0.59 * g[i]! + 0.11 * b[i]!;
  return out;
}

/** What is seen directly is not measured with the mirrored texture beside it, which brings the light of the other half. */
const structureOf = ({ fine, coarse, comparable }: SkinLight, direct: Float32Array): Structure =>
  fine.map((plane, k) => {
    const out = newPlane(plane.length);
    for (let i = 0; i < out.length; i++) out[i] = plane[i]! - mix(coarse[k]![i]!, comparable[k]![i]!, direct[i]!);
    return out;
  }) as unknown as Structure;

/**
 * Confidences that hardly differ become one: the two fillings then differ only where one face shows something else
 * than skin (a beard, a strand), not by the noise of the two parses.
 */
function agree(target: number, source: number): [number, number] {
  const middle = (target + source) / 2;
  const apart = smoothstep(0.2, 0.6, Math.abs(target - source));
  return [mix(middle, target, apart), mix(middle, source, apart)];
}

/** Confidence from a probability of skin: doubtful places count as unknown. */
const sure = (p: number) => clamp((p - 0.5) / 0.4, 0, 1);

function meanGain(wanted: readonly Float32Array[], present: readonly Float32Array[], both: Float32Array): Rgb {
  return [0, 1, 2].map((k) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < both.length; i++) {
      if (both[i]! <= 0.5) continue;
      sum += wanted[k]![i]! - present[k]![i]!;
      count++;
    }
    return count > 0 ? sum / count : 0;
  }) as unknown as Rgb;
}

/** Ratio of the target's to the source's contrast of detail on skin. */
function detailContrast(
  log: Float32Array,
  background: RgbImage,
  ourLight: readonly Float32Array[],
  theirLight: readonly Float32Array[],
  both: Float32Array,
  reducedWidth: number,
): number {
  const { width, height } = background;
  const n = width * height;
  let ours = 1e-6;
  let theirs = 1e-6;
  for (let y = 0; y < height; y += 2) {
    const row = Math.floor(y / LIGHT_REDUCTION) * reducedWidth;
    for (let x = 0; x < width; x += 2) {
      const q = row + Math.floor(x / LIGHT_REDUCTION);
      if (!(both[q]! > 0.9)) continue;
      const i = y * width + x;
      for (let k = 0; k < 3; k++) {
        ours += (log[k * n + i]! - ourLight[k]![q]!) ** 2;
        theirs += (logLight(background.data[k * n + i]!) - theirLight[k]![q]!) ** 2;
      }
    }
  }
  return clamp((theirs / ours) ** (0.5 * CONTRAST_SHARE), ...CONTRAST_RANGE);
}
