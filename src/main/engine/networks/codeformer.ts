/**
 * CodeFormer: restores a face from entries of a learned codebook, which a transformer predicts from the degraded face,
 * and mixes as much of that face's own features back in as is asked for (spec pipeline 6.3).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, div, gelu, leakyRelu, mul, sqrt, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { gather } from '#engine/tensor/ops/indexing.ts';
import { concat, reshape, split, transpose } from '#engine/tensor/ops/layout.ts';
import { argMax, layerNorm, reduceMean, reduceSum, softmax } from '#engine/tensor/ops/reduction.ts';
import { linear, matmul } from '#engine/tensor/ops/spatial.ts';
import { convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';
import { resBlock, type VqganBlock, vqganBlock } from './vqgan.ts';

export const CODEFORMER_SIZE = 512;
/** How faithful the result is to the input, 0 to 1, where the pipeline uses it. */
export const CODEFORMER_FIDELITY = 0.8;

const CODES = 1024;
const CODE_SIZE = 256;
const CODE_SIDE = 16;
const WIDTH = 512;
const LAYERS = 9;
const HEADS = 8;

const conv = (out: number): VqganBlock => ({ kind: 'conv', out });
const res = (out: number): VqganBlock => ({ kind: 'res', out });
const attention: VqganBlock = { kind: 'attention' };
const norm: VqganBlock = { kind: 'norm' };
const down: VqganBlock = { kind: 'down' };
const up: VqganBlock = { kind: 'up' };

const ENCODER: readonly VqganBlock[] = [
  ...[conv(64), res(64), res(64), down],
  ...[res(128), res(128), down],
  ...[res(128), res(128), down],
  ...[res(256), res(256), down],
  ...[res(256), res(256), down],
  ...[res(512), attention, res(512), attention],
  ...[res(512), attention, res(512)],
  ...[norm, conv(CODE_SIZE)],
];

const GENERATOR: readonly VqganBlock[] = [
  conv(512),
  ...[res(512), attention, res(512)],
  ...[res(512), attention, res(512), attention],
  ...[up, res(256), res(256)],
  ...[up, res(256), res(256)],
  ...[up, res(128), res(128)],
  ...[up, res(128), res(128)],
  ...[up, res(64), res(64)],
  ...[norm, conv(3)],
];

/** Where features of the encoder enter the generator: after which block of each, and how wide both are. */
const FUSIONS = [
  { size: 32, encoderBlock: 14, generatorBlock: 9, width: 256 },
  { size: 64, encoderBlock: 11, generatorBlock: 12, width: 256 },
  { size: 128, encoderBlock: 8, generatorBlock: 15, width: 128 },
  { size: 256, encoderBlock: 5, generatorBlock: 18, width: 128 },
] as const;

/** Keys `weight [out,in]`, `bias [out]`. */
function linearLayer(keys: StateDict, x: Value, out: number): Value {
  return linear(x, keys.get('weight', [out, x.shape.at(-1)!]), keys.get('bias', [out]));
}

/** Keys `weight`, `bias`, each `[512]`. */
function norm1d(keys: StateDict, x: Value): Value {
  return layerNorm(x, keys.get('weight', [WIDTH]), keys.get('bias', [WIDTH]));
}

/** Keys `in_proj_weight [1536,512]`, `in_proj_bias [1536]`, `out_proj.*`. @param query also the key; `[N,L,512]` */
function selfAttention(keys: StateDict, query: Value, value: Value): Value {
  const [batch, length] = query.shape as [number, number, number];
  const thirds = [WIDTH, WIDTH, WIDTH];
  const weights = split(keys.get('in_proj_weight', [3 * WIDTH, WIDTH]), 0, thirds);
  const biases = split(keys.get('in_proj_bias', [3 * WIDTH]), 0, thirds);
  const [q, k, v] = [query, query, value].map((x, index) => {
    const projected = linear(x, weights[index]!, biases[index]!);
    return transpose(reshape(projected, [batch, length, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  }) as [Value, Value, Value];
  const attended = matmul(softmax(matmul(mul(q, (WIDTH / HEADS) ** -0.5), transpose(k, [0, 1, 3, 2])), 3), v);
  const joined = reshape(transpose(attended, [0, 2, 1, 3]), [batch, length, WIDTH]);
  return linearLayer(keys.under('out_proj'), joined, WIDTH);
}

/** Logits of the codes of all positions, `[N,256,1024]`. Keys `position_emb`, `feat_emb.*`, `ft_layers.*`, `idx_pred_layer.*`. */
function codeLogits(keys: StateDict, feature: Value): Value {
  const positions = keys.get('position_emb', [CODE_SIDE ** 2, WIDTH]);
  const tokens = transpose(reshape(feature, [feature.shape[0]!, CODE_SIZE, -1]), [0, 2, 1]);
  let x = linearLayer(keys.under('feat_emb'), tokens, WIDTH);
  for (let layer = 0; layer < LAYERS; layer++) {
    const own = keys.under(`ft_layers.${layer}`);
    const value = norm1d(own.under('norm1'), x);
    x = add(x, selfAttention(own.under('self_attn'), add(value, positions), value));
    const hidden = gelu(linearLayer(own.under('linear1'), norm1d(own.under('norm2'), x), 2 * WIDTH));
    x = add(x, linearLayer(own.under('linear2'), hidden, WIDTH));
  }
  const predictor = keys.under('idx_pred_layer');
  return linear(norm1d(predictor.under('0'), x), predictor.get('1.weight', [CODES, WIDTH]));
}

/** Mean and standard deviation of each channel: unbiased variance plus 1e-5. @param x `[N,C,H,W]` */
function channelStatistics(x: Value): { mean: Value; deviation: Value } {
  const axes = { axes: [2, 3], keepDims: true };
  const mean = reduceMean(x, axes);
  const variance = mul(reduceSum(square(sub(x, mean)), axes), 1 / (x.shape[2]! * x.shape[3]! - 1));
  return { mean, deviation: sqrt(add(variance, 1e-5)) };
}

/** `x` with the mean and deviation that each channel of `like` has: adaptive instance normalisation. */
function adaptStatistics(x: Value, like: Value): Value {
  const [from, to] = [channelStatistics(x), channelStatistics(like)];
  return add(mul(div(sub(x, from.mean), from.deviation), to.deviation), to.mean);
}

/** Features of the generator, scaled and shifted by those of the encoder. Keys `encode_enc.*`, `{scale,shift}.{0,2}.*`. */
function fuse(keys: StateDict, encoded: Value, generated: Value, width: number, fidelity: Value): Value {
  const joined = resBlock(keys.under('encode_enc'), concat([encoded, generated], 1), width);
  const [scale, shift] = ['scale', 'shift'].map((name) => {
    const hidden = leakyRelu(convLayer(keys.under(`${name}.0`), joined, width, { kernel: 3 }), 0.2);
    return convLayer(keys.under(`${name}.2`), hidden, width, { kernel: 3 });
  }) as [Value, Value];
  return add(generated, mul(add(mul(generated, scale), shift), fidelity));
}

export interface CodeFormerOptions {
  /** A scalar; 0 trusts the codebook alone, 1 stays closest to the input. */
  readonly fidelity: Value;
  /** Gives the codes the statistics of the input's features. Default true. */
  readonly adain?: boolean;
}

export interface CodeFormerOutputs {
  /** `[N,3,512,512]`, RGB, about [-1, 1]. */
  readonly y: Value;
  /** Features of the input where the codes are, `[N,256,16,16]`. */
  readonly feature: Value;
  /** `[N,256,1024]`: logits of the codes, positions by rows. */
  readonly logits: Value;
  /** `[N,256]`, int64. */
  readonly codes: Value;
}

/** @param face `[N,3,512,512]`, RGB in [-1, 1] */
export function codeFormer(
  keys: StateDict,
  face: Value,
  { fidelity, adain = true }: CodeFormerOptions,
): CodeFormerOutputs {
  const { graph } = face;
  return graph.scope('codeformer', () => {
    const encoded: Value[] = [];
    for (const [index, block] of ENCODER.entries()) {
      const name = `encoder.blocks.${index}`;
      encoded.push(graph.scope(name, () => vqganBlock(keys.under(name), encoded.at(-1) ?? face, block)));
    }
    const feature = encoded.at(-1)!;
    const logits = graph.scope('transformer', () => codeLogits(keys, feature));
    const codes = argMax(logits, 2);
    const entries = gather(keys.get('quantize.embedding.weight', [CODES, CODE_SIZE]), codes, 0);
    const quantised = reshape(transpose(entries, [0, 2, 1]), feature.shape);
    let y = adain ? adaptStatistics(quantised, feature) : quantised;
    for (const [index, block] of GENERATOR.entries()) {
      const name = `generator.blocks.${index}`;
      y = graph.scope(name, () => vqganBlock(keys.under(name), y, block));
      const fusion = FUSIONS.find(({ generatorBlock }) => generatorBlock === index);
      if (fusion === undefined) continue;
      const own = keys.under(`fuse_convs_dict.${fusion.size}`);
      y = graph.scope(`fuse.${fusion.size}`, () => fuse(own, encoded[fusion.encoderBlock]!, y, fusion.width, fidelity));
    }
    return { y, feature, logits, codes };
  });
}
