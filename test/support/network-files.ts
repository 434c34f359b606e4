/** State dicts of the networks that the studio knows, as checkpoints store them, with numbers that tell them apart. */
import { networkManifest, type WeightsId } from '#engine/weights/manifests.ts';
import type { Written, WrittenTensor } from './torch-writer.ts';

export interface StateDictOptions {
  readonly prefix?: string;
  /** Leaves kernels out, as some redistributed files do. */
  readonly withoutConstants?: boolean;
  readonly rename?: (key: string) => string | undefined;
  /** The numbers differ from seed to seed. */
  readonly seed?: number;
}

/** A ramp that starts somewhere else for every key: cheap, and no two tensors are alike. */
export function networkNumbers(key: string, count: number, seed = 0): Float32Array {
  let start = 17 + seed;
  for (let at = 0; at < key.length; at++) start = (start * 31 + key.charCodeAt(at)) % 65_521;
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) values[index] = ((start + index) % 65_521) / 65_536 - 0.5;
  return values;
}

/** The tensors of a network by key; each one's data is made when it is written. */
export function networkTensors(network: WeightsId, options: StateDictOptions = {}): [string, WrittenTensor][] {
  return [...networkManifest(network).tensors].flatMap(([key, { shape, constant }]): [string, WrittenTensor][] => {
    const name = options.rename === undefined ? key : options.rename(key);
    if (name === undefined || key === 'latent_avg' || (constant && options.withoutConstants)) return [];
    const length = shape.reduce((product, size) => product * size, 1);
    const data = (): Uint8Array => new Uint8Array(networkNumbers(key, length, options.seed).buffer);
    return [[`${options.prefix ?? ''}${name}`, { storage: { kind: 'FloatStorage', length, data }, shape }]];
  });
}

/** As `state_dict()` gives it, with the counters that training leaves behind. */
export function networkStateDict(network: WeightsId, options: StateDictOptions = {}): Written {
  const counter: WrittenTensor = {
    storage: { kind: 'LongStorage', length: 1, data: () => Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0) },
    shape: [],
  };
  const tensors: [string, WrittenTensor][] = [
    ...networkTensors(network, options),
    [`${options.prefix ?? ''}bn.num_batches_tracked`, counter],
  ];
  return { ordered: true, dict: tensors.map(([key, tensor]) => [key, { tensor }] as const) };
}
