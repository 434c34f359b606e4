/**
 * Tuning at a coarse scale runs the generator up to a lower size only. Its picture at that size is not the full picture
 * made smaller: the layers above add to every size. What they add is taken from the weights that tuning begins with and
 * held fixed, which is exact at the start and close as long as weights move little.
 */
import { maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import type { RegionForm } from '#engine/networks/region-conv.ts';
import { latentAverage, regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { sub } from '#engine/tensor/ops/elementwise.ts';
import { adaptiveAveragePool } from '#engine/tensor/ops/spatial.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { LABEL_SIZE } from './pti-step.ts';

/**
 * Inputs as for the generator at full size. Output `detail [1,3,coarseSize,coarseSize]`: the full picture, pooled, less
 * the picture of the generator that stops at `coarseSize`.
 */
export function coarseDetail(
  size: number,
  coarseSize: number,
  form: RegionForm,
): { readonly graph: Graph; readonly outputs: Readonly<Record<string, Value>> } {
  const graph = new Graph('coarse-detail');
  const keys = new StateDict(graph);
  const codes = regionStyleCodes(keys, graph.input('vectors', [1, REGION_COUNT, STYLE_VECTOR_SIZE]));
  const map = { oneHot: graph.input('oneHot', [1, REGION_COUNT, LABEL_SIZE, LABEL_SIZE]), form };
  // The lower layers of both are the same values: they run once.
  const upTo = (side: number): Value =>
    maskGuidedGenerator(keys.under('G'), codes, map, { size: side, latentAverage: latentAverage(keys) });
  return { graph, outputs: { detail: sub(adaptiveAveragePool(upTo(size), coarseSize), upTo(coarseSize)) } };
}
