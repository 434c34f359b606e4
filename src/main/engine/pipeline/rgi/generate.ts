/** The RGI network: style vectors of a face's regions, and faces from style vectors and a label map. */
import type { ByteImage, LabelMap } from '#engine/image/picture.ts';
import { oneHotOf } from '#engine/networks/index.ts';
import { maskedLayers } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { sharedCapacities } from '#engine/networks/shared-capacities.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { fromSigned } from './gpen-face.ts';
import { CROP_SIZE, ENCODER, generatorOf, LABEL_SIZE, STYLE_CODES } from './graphs.ts';
import type { NetworkRunner } from './networks.ts';
import { STYLE_ROW_LENGTH } from './style-rows.ts';
import { numbersOf, signedTensor } from './tensors.ts';

const LAYERS = maskedLayers();

/** Style vectors [12, 1280]; a region that the face lacks has zeros. @param crop of 1024 pixels */
export async function styleVectors(
  networks: NetworkRunner,
  crop: ByteImage,
  { labels }: LabelMap,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const inputs = { image: signedTensor(crop), one_hot: oneHotOf(labels) };
  const { style_vectors } = await networks.run(ENCODER, inputs, signal);
  return Float32Array.from(numbersOf(style_vectors));
}

/** The face of 1024 pixels that these style vectors [12, 1280] and this map describe; always the same. */
export async function generateFace(
  networks: NetworkRunner,
  vectors: Float32Array,
  { labels }: LabelMap,
  signal?: AbortSignal,
): Promise<ByteImage> {
  const style_vectors = { dims: [1, REGION_COUNT, STYLE_ROW_LENGTH], data: vectors };
  const { style_codes } = await networks.run(STYLE_CODES, { style_vectors }, signal);
  const capacities = sharedCapacities(regionCapacities(labels, LABEL_SIZE, LAYERS, REGION_COUNT), LAYERS);
  const inputs = {
    style_codes: style_codes!,
    one_hot: oneHotOf(labels),
    ...regionInputs(labels, LABEL_SIZE, LAYERS, capacities),
  };
  const { image } = await networks.run(generatorOf(capacities), inputs, signal);
  return fromSigned(numbersOf(image), CROP_SIZE);
}
