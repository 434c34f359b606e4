/** From style vectors to style codes: one small MLP per region around the mean latent (spec rgi-core 1.2). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu } from '#engine/tensor/ops/elementwise.ts';
import { concat, expand, reshape, select, slice, stack } from '#engine/tensor/ops/layout.ts';
import { equalLinear } from './equalized.ts';
import type { StateDict } from './state-dict.ts';

/** Style rows that differ from region to region: K of the paper. The rows above are the mean latent. */
export const REGION_STYLE_ROWS = 13;
/** Style rows of a 1024² generator. */
export const STYLE_ROWS = 18;
export const STYLE_SIZE = 512;

export const LATENT_AVERAGE_SHAPE = [STYLE_ROWS, STYLE_SIZE] as const;

/** The mean latent, `[18,512]`. It lies outside the upstream state dict. */
export const latentAverage = (keys: StateDict): Value => keys.get('latent_avg', LATENT_AVERAGE_SHAPE);

export interface LocalMlpOptions {
  readonly hidden: number;
  readonly rows: number;
  readonly size: number;
}

/**
 * Two equalised linear layers with an ordinary leaky ReLU (slope 0.01, no gain) between them.
 * Keys `mlp.0.*`, `mlp.2.*`. @param vector `[N,in]` @returns `[N,rows,size]`
 */
export function localMlp(keys: StateDict, vector: Value, options: LocalMlpOptions): Value {
  const { hidden, rows, size } = options;
  const inner = leakyRelu(equalLinear(keys.under('mlp.0'), vector, hidden), 0.01);
  return reshape(equalLinear(keys.under('mlp.2'), inner, rows * size), [-1, rows, size]);
}

/**
 * Keys `MLPs.{j}.*` and `latent_avg [18,512]` (outside the upstream state dict). @param vectors `[N,12,1280]`
 * @returns style codes `[N,12,18,512]`
 */
export function regionStyleCodes(keys: StateDict, vectors: Value): Value {
  const { graph } = vectors;
  return graph.scope('MLPs', () => {
    const [batch, regions] = vectors.shape as [number, number, number];
    const average = latentAverage(keys);
    const moved = stack(
      Array.from({ length: regions }, (_, region) =>
        localMlp(keys.under(`MLPs.${region}`), select(vectors, 1, region), {
          hidden: STYLE_SIZE,
          rows: REGION_STYLE_ROWS,
          size: STYLE_SIZE,
        }),
      ),
      1,
    );
    const lower = add(moved, slice(average, [{ axis: 0, end: REGION_STYLE_ROWS }]));
    const upper = slice(average, [{ axis: 0, start: REGION_STYLE_ROWS }]);
    const rest = STYLE_ROWS - REGION_STYLE_ROWS;
    const shared = expand(reshape(upper, [1, 1, rest, STYLE_SIZE]), [batch, regions, rest, STYLE_SIZE]);
    return concat([lower, shared], 2);
  });
}
