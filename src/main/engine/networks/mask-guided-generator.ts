/**
 * The mask-guided StyleGAN2 generator (spec rgi-core 2; paper section 3.2): the first 13 styled convolutions and the RGB
 * heads up to 128² take every pixel's style from its region, the layers above one shared style.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu, mul } from '#engine/tensor/ops/elementwise.ts';
import { expand, reshape, select, slice } from '#engine/tensor/ops/layout.ts';
import { fusedLeakyRelu } from './equalized.ts';
import { foldedModulatedConv2d, type ModulatedConvOptions, modulatedConv2d } from './modulated-conv.ts';
import { type RegionMap, regionModulatedConv2d } from './region-conv.ts';
import type { RegionLayer } from './region-layout.ts';
import { REGION_STYLE_ROWS } from './region-mlps.ts';
import type { StateDict } from './state-dict.ts';
import { upsampleSkip } from './upfirdn.ts';

/** Channels at each resolution (config-f, multiplier 2). */
const CHANNELS: Readonly<Record<number, number>> = {
  4: 512,
  8: 512,
  16: 512,
  32: 512,
  64: 512,
  128: 256,
  256: 128,
  512: 64,
  1024: 32,
};

export interface StyledLayer extends RegionLayer {
  readonly kind: 'styled' | 'rgb';
  readonly out: number;
  readonly styleRow: number;
  readonly masked: boolean;
  /** Index of the noise map; RGB heads have none. */
  readonly noise?: number;
}

/**
 * The schedule of spec rgi-core 2.4 up to an output size.
 * @param size 8 to 1024, a power of two; smaller sizes are the same network without its upper layers
 */
export function generatorLayers(size = 1024): StyledLayer[] {
  const layers: StyledLayer[] = [];
  const styled = (name: string, at: number, upsample: boolean, noise: number): void => {
    layers.push({
      kind: 'styled',
      name,
      size: at,
      upsample,
      out: CHANNELS[at]!,
      styleRow: noise,
      masked: noise < REGION_STYLE_ROWS,
      noise,
    });
  };
  const rgb = (name: string, at: number, styleRow: number): void => {
    layers.push({
      kind: 'rgb',
      name,
      size: at,
      upsample: false,
      out: 3,
      styleRow,
      masked: styleRow < REGION_STYLE_ROWS,
    });
  };
  styled('conv1', 4, false, 0);
  rgb('to_rgb1', 4, 1);
  for (let at = 8, index = 0; at <= size; at *= 2, index += 1) {
    styled(`convs.${2 * index}`, at, true, 2 * index + 1);
    styled(`convs.${2 * index + 1}`, at, false, 2 * index + 2);
    rgb(`to_rgbs.${index}`, at, 2 * index + 3);
  }
  return layers;
}

/** The masked 3×3 layers: those that the exact region convolution needs borders for. */
export const maskedLayers = (size = 1024): RegionLayer[] =>
  generatorLayers(size).filter((layer) => layer.masked && layer.kind === 'styled');

/** Noise maps `[1,1,r,r]` for styled layer `index`, or `[1,C,r,r]`. */
export type NoiseSource = (index: number, size: number) => Value;

/** The fixed maps of the checkpoint, `noises.noise_{i}`: the same bits every time. */
export const fixedNoise =
  (keys: StateDict): NoiseSource =>
  (index, size) =>
    keys.get(`noises.noise_${index}`, [1, 1, size, size]);

/** Noise given with every run: inputs `noise.{i}`. */
export const givenNoise =
  (keys: StateDict): NoiseSource =>
  (index, size) =>
    keys.graph.input(`noise.${index}`, [1, 1, size, size]);

export interface GeneratorOptions {
  /** Output size; below 1024 the upper layers are left out. Default 1024. */
  readonly size?: number;
  readonly noise?: NoiseSource;
  /**
   * The mean latent `[18,512]` as a parameter: the unmasked layers then take it instead of their rows of the codes
   * (which are the mean latent, spec rgi-core 1.2) and run with their styles folded into their kernels.
   */
  readonly latentAverage?: Value | undefined;
  /** Runs around every layer, for example to recompute it in the backward pass. */
  readonly around?: (layer: StyledLayer, inputs: readonly Value[], build: (inputs: readonly Value[]) => Value) => Value;
}

/** One masked or plain styled convolution with noise, bias and activation. @param styles `[N,R,512]` or `[N,512]` */
export function styledConv(
  keys: StateDict,
  x: Value,
  styles: Value,
  layer: StyledLayer,
  map: RegionMap | undefined,
  noise: Value,
): Value {
  const options: ModulatedConvOptions = { out: layer.out, kernel: 3, demodulate: true, upsample: layer.upsample };
  const conv = keys.under('conv');
  const y =
    map === undefined
      ? modulatedConv2d(conv, x, styles, options)
      : regionModulatedConv2d(conv, x, styles, map, layer, options);
  const noisy = add(y, mul(noise, keys.get('noise.weight', [1])));
  return fusedLeakyRelu(noisy, keys.get('activate.bias', [layer.out]));
}

/** An unmasked styled convolution whose style is constant. @param style `[1,512]` */
function foldedStyledConv(keys: StateDict, x: Value, style: Value, layer: StyledLayer, noise: Value): Value {
  const options: ModulatedConvOptions = { out: layer.out, kernel: 3, demodulate: true, upsample: layer.upsample };
  // leaky(√2 · y) = √2 · leaky(y): the gain moves into the kernel, too.
  const bias = keys.get('activate.bias', [layer.out]);
  const y = foldedModulatedConv2d(keys.under('conv'), x, style, options, Math.SQRT2, bias);
  return leakyRelu(add(y, mul(noise, mul(keys.get('noise.weight', [1]), Math.SQRT2))), 0.2);
}

/** One RGB head: 1×1 modulated convolution without demodulation, bias, plus the upsampled image so far. */
export function toRgb(
  keys: StateDict,
  x: Value,
  styles: Value,
  layer: StyledLayer,
  map: RegionMap | undefined,
  skip: Value | undefined,
): Value {
  const options: ModulatedConvOptions = { out: 3, kernel: 1, demodulate: false, upsample: false };
  const conv = keys.under('conv');
  const y =
    map === undefined
      ? modulatedConv2d(conv, x, styles, options)
      : regionModulatedConv2d(conv, x, styles, map, layer, options);
  const image = add(y, keys.get('bias', [1, 3, 1, 1]));
  return skip === undefined ? image : add(image, upsampleSkip(skip));
}

/** An unmasked RGB head whose style is constant. @param style `[1,512]` */
function foldedToRgb(keys: StateDict, x: Value, style: Value, skip: Value): Value {
  const options: ModulatedConvOptions = { out: 3, kernel: 1, demodulate: false, upsample: false };
  const bias = reshape(keys.get('bias', [1, 3, 1, 1]), [3]);
  return add(foldedModulatedConv2d(keys.under('conv'), x, style, options, 1, bias), upsampleSkip(skip));
}

/**
 * Keys below `G.`. @param codes style codes `[N,R,18,512]` @param map one-hot regions; undefined for plain StyleGAN2 with
 * one style everywhere (`codes` `[N,1,18,512]`)
 * @returns image `[N,3,size,size]`, about [-1, 1], not clamped
 */
export function maskGuidedGenerator(
  keys: StateDict,
  codes: Value,
  map: RegionMap | undefined,
  options: GeneratorOptions = {},
): Value {
  const { graph } = codes;
  const { noise = fixedNoise(keys), around = (_layer, inputs, build) => build(inputs) } = options;
  const batch = codes.shape[0]!;
  return graph.scope('G', () => {
    let x = expand(keys.get('input.input', [1, 512, 4, 4]), [batch, 512, 4, 4]);
    let image: Value | undefined;
    for (const layer of generatorLayers(options.size)) {
      const own = keys.under(layer.name);
      const regional = map !== undefined && layer.masked;
      const folded = !layer.masked && options.latentAverage !== undefined;
      const rows = select(codes, 2, layer.styleRow);
      const constant = (): Value =>
        slice(options.latentAverage!, [{ axis: 0, start: layer.styleRow, end: layer.styleRow + 1 }]);
      const styles = folded ? constant() : regional ? rows : reshape(select(rows, 1, 0), [batch, -1]);
      graph.scope(layer.name, () => {
        if (folded && layer.kind === 'rgb') image = foldedToRgb(own, x, styles, image!);
        else if (folded) {
          const build = ([input]: readonly Value[]): Value =>
            foldedStyledConv(own, input!, styles, layer, noise(layer.noise!, layer.size));
          x = around(layer, [x], build);
        } else if (layer.kind === 'rgb') image = toRgb(own, x, styles, layer, regional ? map : undefined, image);
        else {
          const build = ([input, style]: readonly Value[]): Value =>
            styledConv(own, input!, style!, layer, regional ? map : undefined, noise(layer.noise!, layer.size));
          x = around(layer, [x, styles], build);
        }
      });
    }
    return image!;
  });
}
