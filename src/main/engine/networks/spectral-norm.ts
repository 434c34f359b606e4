/** Spectral normalisation at inference: the stored vectors give the norm, no power iteration (spec pipeline 2.7). */
import type { Value } from '#engine/tensor/graph.ts';
import { div } from '#engine/tensor/ops/elementwise.ts';
import { reshape } from '#engine/tensor/ops/layout.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';
import type { StateDict } from './state-dict.ts';

/** `weight / (uᵀ · W · v)`, W as `[out,in·kh·kw]`. Keys `weight_orig`, `weight_u [out]`, `weight_v [in·kh·kw]`. */
export function spectralWeight(keys: StateDict, shape: readonly [number, number, number, number]): Value {
  const [out, ...rest] = shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const weight = keys.get('weight_orig', shape);
  const u = reshape(keys.get('weight_u', [out]), [1, out]);
  const v = reshape(keys.get('weight_v', [width]), [width, 1]);
  const norm = matmul(u, matmul(reshape(weight, [out, width]), v));
  return div(weight, reshape(norm, [1, 1, 1, 1]));
}
