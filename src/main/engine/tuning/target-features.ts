/**
 * What the losses see of the fixed pictures of a frame: the features of the driven and of the recoloured face inside the
 * eroded mask. They do not change while weights do, so they are computed once and kept on disk.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { halfOf, ofHalf } from '#engine/tensor/half.ts';
import { mul } from '#engine/tensor/ops/elementwise.ts';
import { adaptiveAveragePool } from '#engine/tensor/ops/spatial.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { lossFeatures, namedFeatures } from './losses.ts';
import { foregroundMask, LABEL_SIZE, lossWeights } from './pti-step.ts';
import type { TuningFrame } from './tuning-frames.ts';

/** The pictures that a reconstruction is compared with. */
export const TARGETS = ['driven', 'recolored'] as const;

/**
 * A graph from the two pictures of a frame to the inputs that `ptiStep` takes with `targets: 'features'`.
 * Inputs: `oneHot [1,12,512,512]` of the eroded label map, `driven` and `recolored` `[1,3,pictureSize,pictureSize]` in
 * [-1, 1]; the features are those of the pictures pooled to `size`.
 */
export function targetFeatures(size: number, pictureSize = size): { graph: Graph; outputs: Record<string, Value> } {
  const graph = new Graph('target-features');
  const weights = lossWeights(graph);
  const foreground = foregroundMask(graph.input('oneHot', [1, REGION_COUNT, LABEL_SIZE, LABEL_SIZE]), size);
  const outputs: Record<string, Value> = {};
  for (const target of TARGETS) {
    const picture = adaptiveAveragePool(graph.input(target, [1, 3, pictureSize, pictureSize]), size);
    const features = namedFeatures(lossFeatures(weights, mul(picture, foreground)));
    for (const [name, value] of Object.entries(features)) outputs[`${target}.${name}`] = value;
  }
  return { graph, outputs };
}

/** How features lie on disk. Half precision halves their size; see docs/tuning.md for what it does to the loss. */
export type FeatureFormat = 'F32' | 'F16';

/** A folder of features, one file a frame and size. They can be made again at any time. */
export class FeatureStore {
  readonly #folder: string;
  readonly #format: FeatureFormat;

  constructor(folder: string, format: FeatureFormat) {
    this.#folder = folder;
    this.#format = format;
  }

  #file(frame: number, size: number): string {
    return path.join(this.#folder, `${size}-${String(frame).padStart(6, '0')}.safetensors`);
  }

  /** Whether the features of exactly this frame are there. */
  async has(index: number, size: number, frame: TuningFrame): Promise<boolean> {
    const opened = await openSafetensors(this.#file(index, size)).catch(() => undefined);
    if (opened === undefined) return false;
    await using file = opened;
    return file.metadata.get('of') === this.#mark(frame);
  }

  /** @returns bytes on disk @throws StorageError */
  async write(
    index: number,
    size: number,
    frame: TuningFrame,
    features: Readonly<Record<string, TensorData>>,
  ): Promise<number> {
    const { bytes } = await writeSafetensors(
      this.#file(index, size),
      Object.entries(features).map(([name, { dims, data }]) => {
        const floats = data as Float32Array;
        const stored = this.#format === 'F16' ? halfOf(floats) : floats;
        return {
          name,
          dtype: this.#format,
          shape: dims,
          data: new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength),
        };
      }),
      { metadata: { of: this.#mark(frame) } },
    );
    return bytes;
  }

  /** @throws InputError when the file is gone or damaged */
  async read(index: number, size: number): Promise<Record<string, TensorData>> {
    const file = this.#file(index, size);
    await using opened = await openSafetensors(file);
    const features: Record<string, TensorData> = {};
    for (const { name, dtype, shape } of opened.tensors.values()) {
      const { buffer } = await opened.read(name);
      if (dtype !== 'F32' && dtype !== 'F16') throw new InputError(`"${name}" is ${dtype}.`, { file });
      const data = dtype === 'F32' ? new Float32Array(buffer) : ofHalf(new Uint16Array(buffer));
      features[name] = { dims: shape, data };
    }
    return features;
  }

  /** What the features of a frame are made of, as a hash. */
  #mark({ driven, recolored, labels, vectors }: TuningFrame): string {
    const hash = createHash('sha256').update(this.#format).update(labels);
    for (const { data } of [driven, recolored, vectors])
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return hash.digest('hex');
  }
}
