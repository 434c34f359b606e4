/**
 * Packs that mean nothing: every network of the official layout with pseudo-random numbers, so that the whole pipeline
 * can run without a checkpoint. Pictures that they make are noise; time and memory are those of real packs.
 */
import path from 'node:path';
import { type PackId, packOf } from '#engine/weights/catalogue.ts';
import { networkManifest, type WeightsId } from '#engine/weights/manifests.ts';
import { type PackWeights, packFolder, writePackManifest } from '#engine/weights/pack-manifest.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { type Distribution, syntheticNumbers, usualDistribution } from './synthetic-weights.ts';

/** `[key, centre, half width]`, or `[key, gain]` for weights that go by the width of their layer. First match counts. */
type Rule = readonly [key: RegExp, centre: number, half: number] | readonly [key: RegExp, gain: number];

const NORMS: readonly Rule[] = [
  [/running_var$/, 1, 0.5],
  [/running_mean$/, 0, 0.1],
  [/(norm\d?|norm\.norm|bn\d?|bn_atten|downsample\.1|skip\.1|(output|merge|conv\d[Xx]\d)\S*\.1)\.weight$/, 1, 0.25],
];
/** Equalised layers hold raw weights of variance 1. */
const EQUALISED: readonly Rule[] = [
  [/modulation\.bias$/, 1, 0.1],
  [/style\.\d\.weight$/, 0, 173],
  [/style\.\d\.bias$/, 0, 10],
  [/condition_scale.*bias$/, 1, 0.2],
  [/noise\.weight$/, 0, 0.1],
  [/style_conv(1|s\.\d)\.weight$/, 0, 0.1],
  [/bias$/, 0, 0.1],
  [/(weight|input\.input)$/, 0, Math.sqrt(3)],
];
const layers = (gain: number): readonly Rule[] => [...NORMS, [/bias$/, 0, 0.1], [/weight(_orig)?$/, gain]];

/** Networks whose signals neither die nor grow. */
const RULES: Partial<Record<WeightsId, readonly Rule[]>> = {
  'gpen-bfr-512': EQUALISED,
  'inpainting-gcfsr': EQUALISED,
  'face-parsing-bisenet': layers(4),
  'facevid2vid-kp-detector': [[/^kp\.weight$/, 8], ...layers(5)],
  'facevid2vid-he-estimator': [[/fc_(t|exp)\.weight$/, 0.003], [/fc_.*weight$/, 0.08], ...layers(4.5)],
  'facevid2vid-generator': layers(3.5),
  'recolor-blender': [[/trainable_tao$/, 3, 0], ...layers(3.5)],
  'gpen-parsenet': layers(3),
  'gpen-retinaface-r50': layers(2.5),
  'gpen-realesrnet-x4': layers(2),
  'realesrgan-x4plus': layers(2),
  codeformer: [
    [/(norm\d?|idx_pred_layer\.0|blocks\.23)\.weight$/, 1, 0.25],
    [/position_emb$/, 0, 0.5],
    [/quantize\.embedding\.weight$/, 0, 1],
    ...layers(3),
  ],
};

function distributionOf(rules: readonly Rule[] | undefined, key: string, shape: readonly number[]): Distribution {
  const rule = rules?.find(([pattern]) => pattern.test(key));
  if (rule === undefined) return usualDistribution(key, shape);
  if (rule.length === 3) return { centre: rule[1], half: rule[2] };
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  return { centre: 0, half: rule[1] / 2 / Math.sqrt(width) };
}

/** All packs that the rgi engine has a use for, the ones that it cannot do without first. */
export const RGI_PACKS: readonly PackId[] = [
  'rgi',
  'facevid2vid',
  'face-parsing-bisenet',
  'recolor-blender',
  'inpainting-gcfsr',
  'gpen-bfr-512',
  'gpen-retinaface-r50',
  'gpen-parsenet',
  'gpen-realesrnet-x4',
  'codeformer',
  'realesrgan-x4plus',
];

/** Writes these packs whole. @param packs the folder of packs */
export async function writeSyntheticPacks(packs: string, ids: readonly PackId[]): Promise<void> {
  for (const id of ids) {
    const { files, licence, commercial } = packOf(id);
    const weights: PackWeights[] = [];
    for (const [part, { name, networks }] of files.entries()) {
      for (const { network, optional } of networks) {
        if (optional) continue;
        const file = `${network}-synthetic.safetensors`;
        const sources = syntheticNetwork(network);
        const written = await writeSafetensors(path.join(packFolder(packs, id), file), sources);
        const source = {
          name,
          bytes: written.bytes,
          sha256: written.sha256,
          layout: 'safetensors' as const,
          container: '',
        };
        weights.push({ network, part, file, ...written, tensors: sources.length, source });
      }
    }
    const imported = new Date().toISOString();
    await writePackManifest(packs, { format: 'e4s-pack', version: 1, id, licence, commercial, imported, weights });
  }
}

function syntheticNetwork(network: WeightsId): TensorSource[] {
  const { tensors } = networkManifest(network);
  const numbers = (key: string): Float32Array => {
    const { shape } = tensors.get(key)!;
    return syntheticNumbers(`${network}/${key}`, shape, distributionOf(RULES[network], key, shape));
  };
  return [...tensors]
    .filter(([, { constant }]) => !constant)
    .map(([name, { shape }]): TensorSource => {
      const data = async function* (): AsyncGenerator<Uint8Array> {
        const vector = /^(.*)weight_([uv])$/.exec(name);
        const weight = vector && `${vector[1]}weight_orig`;
        const values = weight
          ? spectralVector(numbers(weight), tensors.get(weight)!.shape[0]!, vector[2] as 'u' | 'v')
          : numbers(name);
        yield new Uint8Array(values.buffer);
      };
      return { name, dtype: 'F32', shape, data };
    });
}

/** One step of power iteration from a vector of ones: the weight's own norm, about. */
function spectralVector(weight: Float32Array, rows: number, wanted: 'u' | 'v'): Float32Array {
  const columns = weight.length / rows;
  const right = new Float32Array(columns);
  weight.forEach((value, at) => {
    right[at % columns]! += value;
  });
  normalise(right);
  if (wanted === 'v') return right;
  const left = new Float32Array(rows);
  weight.forEach((value, at) => {
    left[Math.floor(at / columns)]! += value * right[at % columns]!;
  });
  return normalise(left);
}

function normalise(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  vector.forEach((value, at) => {
    vector[at] = value / length;
  });
  return vector;
}
