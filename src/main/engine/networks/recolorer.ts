/**
 * The re-colouring network: features of a swapped head and of the target, the target's colours for each pixel of the
 * head by correlation within regions, and a U-Net that paints the grey head with them (spec pipeline 5.2 to 5.5).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, cast, clip, equal, greater, leakyRelu, mul, sub, sum } from '#engine/tensor/ops/elementwise.ts';
import { concat, flip, reshape, slice } from '#engine/tensor/ops/layout.ts';
import { instanceNorm, reduceMax, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { conv2d, maxPool, resizeBilinear, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { recolorerUnet } from './recolorer-unet.ts';
import { correlatedColors } from './region-correlation.ts';
import { spadeBlock } from './spade.ts';
import { spectralWeight } from './spectral-norm.ts';
import type { StateDict } from './state-dict.ts';

export const RECOLORER_SIZE = 256;
/** Side of the feature maps. */
const WORKING_SIZE = 64;

/** Labels of the face parser that make each part of the head. */
const PARTS = [
  { name: 'skin', labels: [1] },
  { name: 'hair', labels: [17] },
  { name: 'eyes', labels: [4, 5] },
  { name: 'nose', labels: [10] },
  { name: 'lips', labels: [12, 13] },
  { name: 'teeth', labels: [11] },
  { name: 'ears', labels: [7, 8] },
  { name: 'brows', labels: [2, 3] },
] as const;

/** Statistics of ImageNet, by which pictures are normalised. */
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const GREY = [0.299, 0.587, 0.114];
/** Width of the window by which the head grows, for the ring around it. */
const RING_KERNEL = 25;

const PYRAMID = [
  { name: 'layer1', out: 64, stride: 1 },
  { name: 'layer2', out: 128, stride: 2 },
  { name: 'layer3', out: 256, stride: 1 },
  { name: 'layer4', out: 512, stride: 2 },
  { name: 'layer5', out: 512, stride: 1 },
] as const;

/**
 * Features `[N,256,H/4,W/4]` of a normalised picture `[N,3,H,W]`, which also steers their normalisation.
 * Keys `layer{1..5}.0.*`, `head_0.*`, `G_middle_{0,1}.*`.
 */
export function recolorerFeatures(keys: StateDict, picture: Value): Value {
  return picture.graph.scope('features', () => {
    let x = picture;
    for (const { name, out, stride } of PYRAMID) {
      const input = x === picture ? x : leakyRelu(x, 0.2);
      const weight = spectralWeight(keys.under(`${name}.0`), [out, x.shape[1]!, 3, 3]);
      x = instanceNorm(conv2d(input, weight, { stride, pad: 1 }));
    }
    x = spadeBlock(keys.under('head_0'), x, picture, 512, 'reflect');
    x = spadeBlock(keys.under('G_middle_0'), x, picture, 512, 'reflect');
    return spadeBlock(keys.under('G_middle_1'), x, picture, 256, 'reflect');
  });
}

/** A number for each colour. */
const perColor = (x: Value, numbers: readonly number[]): Value =>
  x.graph.constant({ dims: [1, numbers.length, 1, 1], data: Float32Array.from(numbers) });

/** RGB in about [0, 1] of a normalised picture. */
const denormalise = (picture: Value): Value => add(mul(picture, perColor(picture, STD)), perColor(picture, MEAN));

/** `[N,8,H,W]` ones and zeros. @param labels `[N,1,H,W]` */
function partMasks(labels: Value): Value {
  const masks = PARTS.map(({ labels: own }) => sum(own.map((label) => cast(equal(labels, label), 'float32'))));
  return concat(masks, 1);
}

/** The largest within the ring's reach. */
const grow = (mask: Value): Value => maxPool(mask, { kernel: RING_KERNEL, stride: 1, pad: (RING_KERNEL - 1) / 2 });

export interface RecolorerInputs {
  /** `[N,3,256,256]`, normalised as for ImageNet: the head that gets colours. */
  readonly picture: Value;
  /** `[N,1,256,256]`: labels of the face parser as floats. */
  readonly pictureLabels: Value;
  /** The same of the face that gives colours. */
  readonly target: Value;
  readonly targetLabels: Value;
  /**
   * Takes the target's features from its mirror image, and does not mirror them back: what upstream does on every
   * second call, left over from training. Default false.
   */
  readonly flip?: boolean;
}

export interface Recolored {
  /** What the U-Net sees: colours of head and ring (3 + 3), masks of both, the grey head, the background (3). */
  readonly packages: Value;
  /** `[N,3,256,256]`: RGB in (0, 1). */
  readonly y: Value;
  /** `[N,256,64,64]`: features of the picture. */
  readonly features: Value;
}

/** Keys `referencer.trainable_tao []`, `referencer.FPN.*`, `unet.*`. */
export function recolorer(keys: StateDict, inputs: RecolorerInputs): Recolored {
  return inputs.picture.graph.scope('recolorer', () => {
    const { packages, features } = reference(keys.under('referencer'), inputs);
    return { packages, y: recolorerUnet(keys.under('unet'), packages), features };
  });
}

/** Keys `trainable_tao []`, `FPN.*`. */
function reference(keys: StateDict, inputs: RecolorerInputs): { packages: Value; features: Value } {
  const { picture, target } = inputs;
  const [ownParts, targetParts] = [partMasks(inputs.pictureLabels), partMasks(inputs.targetLabels)];
  const [ownHead, targetHead] = [ownParts, targetParts].map((parts) =>
    reduceSum(parts, { axes: [1], keepDims: true }),
  ) as [Value, Value];
  const outer = grow(clip(add(ownHead, targetHead), 0, 1));
  const ownRing = clip(sub(outer, ownHead), 0, 1);
  const targetRing = clip(sub(grow(targetHead), targetHead), 0, 1);
  const grey = clip(weighted(denormalise(picture), GREY), 0, 1);
  const background = mul(target, sub(1, outer));

  const features = recolorerFeatures(keys.under('FPN'), picture);
  const targetFeatures = recolorerFeatures(keys.under('FPN'), inputs.flip ? flip(target, [3]) : target);
  const own = atWorkingSize(concat([ownParts, ownRing], 1));
  const other = atWorkingSize(concat([targetParts, targetRing], 1));
  const colors = correlatedColors(
    { features: asPixels(features), regions: own },
    { features: asPixels(targetFeatures), regions: other },
    atWorkingSize(clip(denormalise(target), 0, 1)),
    keys.get('trainable_tao', []),
  );
  const guidance = guide(mul(colors, enough(own, other)), own);
  return { packages: concat([guidance, ownHead, ownRing, mul(grey, ownHead), background], 1), features };
}

/** The sum over the channels times a number each. */
function weighted(x: Value, numbers: readonly number[]): Value {
  return reduceSum(mul(x, perColor(x, numbers)), { axes: [1], keepDims: true });
}

/** `[N,C,P]` */
const asPixels = (x: Value): Value => reshape(x, [x.shape[0]!, x.shape[1]!, -1]);

/** By nearest neighbours. @returns `[N,C,P]` */
const atWorkingSize = (x: Value): Value => asPixels(resizeNearest(x, WORKING_SIZE));

/** 1 where at least two regions are in both pictures, else 0: a single one gives no colours at all. `[N,1,1]` */
function enough(own: Value, other: Value): Value {
  const [here, there] = [own, other].map((regions) => reduceMax(regions, { axes: [2], keepDims: true }));
  return cast(greater(reduceSum(mul(here!, there!), { axes: [1], keepDims: true }), 1.5), 'float32');
}

/** Colours of the head and of its ring as pictures: `[N,6,256,256]`. @param colors `[N,3,P]` */
function guide(colors: Value, regions: Value): Value {
  const last = PARTS.length;
  const head = reduceSum(slice(regions, [{ axis: 1, end: last }]), { axes: [1], keepDims: true });
  const ring = slice(regions, [{ axis: 1, start: last }]);
  const pixels = concat([mul(colors, head), mul(colors, ring)], 1);
  const maps = reshape(pixels, [pixels.shape[0]!, pixels.shape[1]!, WORKING_SIZE, WORKING_SIZE]);
  return resizeBilinear(maps, RECOLORER_SIZE, true);
}
