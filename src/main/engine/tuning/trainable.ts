/** Which weights PTI moves (spec rgi-core 1.3 and 6.2): the region MLPs and the unfrozen part of the generator. */
import { maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { REGION_COUNT } from '#shared/regions.ts';

/** The last styled convolution and the last RGB head that are not frozen. */
const LAST_CONV = 11;
const LAST_RGB = 4;

/** True for the 138 tensors that personal tuning trains; the encoder is outside because style vectors are constants. */
export function isTunable(key: string): boolean {
  if (/^MLPs\.\d+\./.test(key)) return true;
  if (/^G\.(input|conv1|to_rgb1)\./.test(key)) return true;
  const conv = /^G\.convs\.(\d+)\./.exec(key);
  if (conv !== null) return Number(conv[1]) <= LAST_CONV;
  const rgb = /^G\.to_rgbs\.(\d+)\./.exec(key);
  return rgb !== null && Number(rgb[1]) <= LAST_RGB;
}

/** Shapes of the trained tensors by key, for a generator that ends at `size`. */
export function trainedTensors(size = 1024): ReadonlyMap<string, readonly number[]> {
  const graph = new Graph('trained tensors');
  const keys = new StateDict(graph);
  const codes = regionStyleCodes(keys, graph.input('vectors', [1, REGION_COUNT, STYLE_VECTOR_SIZE]));
  maskGuidedGenerator(keys.under('G'), codes, undefined, { size });
  const trained = graph.params().filter(({ attributes }) => isTunable(attributes.name));
  return new Map(trained.map(({ attributes, shape }) => [attributes.name, shape]));
}
