/**
 * The reconstruction loss of E4S (spec rgi-core 4; paper section 3.2), the same for training, tuning and
 * RGI-Optimization: `1·MSE + 0.8·LPIPS + 0.1·ID + 0.1·parsing`, the last three summed over scales or levels.
 */
import { arcfaceFeatures, arcfaceInput } from '#engine/networks/arcface.ts';
import { lpipsDistance, lpipsFeatures } from '#engine/networks/lpips-alex.ts';
import { PARSING_UNET_SIZE, parsingFeatures } from '#engine/networks/parsing-unet.ts';
import type { StateDict } from '#engine/networks/state-dict.ts';
import type { Value } from '#engine/tensor/graph.ts';
import { add, div, mul, softplus, sqrt, square, stopGradient, sub, sum } from '#engine/tensor/ops/elementwise.ts';
import { flatten, reshape } from '#engine/tensor/ops/layout.ts';
import { reduceMean, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { adaptiveAveragePool } from '#engine/tensor/ops/spatial.ts';

/** One row per term of the reconstruction loss. */
export const LOSS_TERMS = {
  mse: { weight: 1, network: undefined },
  lpips: { weight: 0.8, network: 'lpips-alex' },
  id: { weight: 0.1, network: 'arcface' },
  parsing: { weight: 0.1, network: 'parsing-unet' },
} as const satisfies Record<string, { weight: number; network: string | undefined }>;
export type LossTerm = keyof typeof LOSS_TERMS;

/** Sides at which LPIPS is taken and summed; a picture smaller than all of them is taken as it is. */
const LPIPS_SIZES = [1024, 512, 256];

/** The sides at which a picture of `size` is compared. */
export const lpipsSizes = (size: number): readonly number[] => {
  const sides = LPIPS_SIZES.filter((side) => side <= size);
  return sides.length > 0 ? sides : [size];
};

/** Where the frozen loss networks find their weights. */
export interface LossWeights {
  readonly lpips: StateDict;
  readonly arcface: StateDict;
  readonly parsing: StateDict;
}

/** What the loss sees of one picture. Features of a fixed target can be computed once and given as inputs. */
export interface LossFeatures {
  readonly image: Value;
  readonly lpips: readonly (readonly Value[])[];
  readonly id: readonly Value[];
  readonly parsing: readonly Value[];
}

/** Every feature by a name of its own: `image`, `lpips.<scale>.<tap>`, `id.<level>`, `parsing.<level>`. */
export function namedFeatures({ image, lpips, id, parsing }: LossFeatures): Record<string, Value> {
  const named: Record<string, Value> = { image };
  lpips.forEach((taps, scale) => {
    for (const [tap, value] of taps.entries()) named[`lpips.${scale}.${tap}`] = value;
  });
  for (const [level, value] of id.entries()) named[`id.${level}`] = value;
  for (const [level, value] of parsing.entries()) named[`parsing.${level}`] = value;
  return named;
}

/** Features of the same shapes as `like`, from wherever `named` finds them. */
export function featuresLike(
  like: LossFeatures,
  named: (name: string, shape: readonly number[]) => Value,
): LossFeatures {
  return {
    image: named('image', like.image.shape),
    lpips: like.lpips.map((taps, scale) => taps.map((value, tap) => named(`lpips.${scale}.${tap}`, value.shape))),
    id: like.id.map((value, level) => named(`id.${level}`, value.shape)),
    parsing: like.parsing.map((value, level) => named(`parsing.${level}`, value.shape)),
  };
}

/** A vector per sample of length 1: `x / |x|`, no epsilon. @param x `[N,·]` */
const unitVectors = (x: Value): Value => {
  const flat = flatten(x);
  return div(flat, sqrt(reduceSum(square(flat), { axes: [1], keepDims: true })));
};

/** @param image `[N,3,S,S]` in about [-1, 1]; S a power of two, 32 to 1024 */
export function lossFeatures(weights: LossWeights, image: Value): LossFeatures {
  const size = image.shape[2]!;
  return {
    image,
    lpips: lpipsSizes(size).map((side) => lpipsFeatures(weights.lpips, adaptiveAveragePool(image, side))),
    id: arcfaceFeatures(weights.arcface, arcfaceInput(image)).map(unitVectors),
    parsing: parsingFeatures(
      weights.parsing,
      size === PARSING_UNET_SIZE ? image : adaptiveAveragePool(image, Math.min(size, PARSING_UNET_SIZE)),
    ).map(unitVectors),
  };
}

/**
 * The mean over all elements, row by row and then over the rows: one running float32 sum over the three million
 * elements of a picture is off by 2e-4.
 */
const meanOfRows = (x: Value): Value => reduceMean(reduceMean(x, { axes: [-1] }));

/** Sum over levels of the mean over samples of `1 - <a, b>`. */
function cosineDistance(found: readonly Value[], wanted: readonly Value[]): Value {
  return sum(
    found.map((feature, level) => {
      const likeness = reduceSum(mul(feature, stopGradient(wanted[level]!)), { axes: [1] });
      return sub(1, reduceMean(likeness));
    }),
  );
}

/** Every term of the loss and their weighted sum, scalars. */
export type ReconstructionLoss = Readonly<Record<LossTerm | 'total', Value>>;

/** @param found features of the reconstruction @param wanted features of the picture to reach, without gradient */
export function reconstructionLoss(
  weights: LossWeights,
  found: LossFeatures,
  wanted: LossFeatures,
): ReconstructionLoss {
  // Named, so that half precision leaves it alone: small differences of large numbers.
  return found.image.graph.scope('loss', () => {
    const lpips = sum(
      found.lpips.map((features, scale) =>
        lpipsDistance(weights.lpips, features, wanted.lpips[scale]!.map(stopGradient)),
      ),
    );
    const terms: Record<LossTerm, Value> = {
      mse: meanOfRows(square(sub(found.image, stopGradient(wanted.image)))),
      lpips,
      id: cosineDistance(found.id, wanted.id),
      parsing: cosineDistance(found.parsing, wanted.parsing),
    };
    const weighted = (Object.keys(LOSS_TERMS) as LossTerm[]).map((term) =>
      mul(reshape(terms[term], []), LOSS_TERMS[term].weight),
    );
    return { ...terms, total: weighted.reduce((total, term) => add(total, term)) };
  });
}

/** The generator's side of the non-saturating logistic loss: `mean softplus(-D(fake))`. @param logits `[N,1]` */
export const generatorLoss = (logits: Value): Value => reduceMean(softplus(mul(logits, -1)));

/** The discriminator's side: `mean softplus(-D(real)) + mean softplus(D(fake))`. */
export const discriminatorLoss = (real: Value, fake: Value): Value =>
  add(reduceMean(softplus(mul(real, -1))), reduceMean(softplus(fake)));

/**
 * The R1 penalty: mean over samples of the squared norm of the gradient of `Σ D(real)` by the picture.
 * @param gradient of the summed logits by the picture, `[N,3,H,W]`, still differentiable
 */
export const r1Penalty = (gradient: Value): Value => reduceMean(reduceSum(square(gradient), { axes: [1, 2, 3] }));
