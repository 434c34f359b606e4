/** Mixtures of Gaussians over colours: what skin, hair, clothes and background look like in one picture. */
import { withKernels } from '#engine/image/kernels/kernels.ts';
import { newPlane } from '#engine/image/planes.ts';

const D = 3;
/** Added to the variances (Lab units squared): no component is narrower than noise and JPEG blocks. */
const REGULARIZATION = [6, 2, 2] as const;
const SMALLEST_SHARE = 0.01;
const ROUNDS = 6;
/** Beyond this many samples every k-th is taken. */
const MAX_SAMPLES = 4000;

interface Component {
  readonly mean: readonly [number, number, number];
  /** Inverse covariance: xx, xy, xz, yy, yz, zz. */
  readonly precision: readonly [number, number, number, number, number, number];
  /** Share divided by the square root of the covariance's determinant. */
  readonly factor: number;
}

export type ColorModel = readonly Component[];

export interface ColorSamples {
  /** Lab, interleaved. */
  readonly colors: Float32Array;
  readonly weights: Float32Array;
  readonly count: number;
}

/** Collects the pixels with a positive weight. `lab` is pixel-interleaved. */
export function collectSamples(lab: Float32Array, weightOf: (i: number) => number): ColorSamples {
  const n = lab.length / D;
  const found = new Uint32Array(n);
  let all = 0;
  for (let i = 0; i < n; i++) if (weightOf(i) > 0) found[all++] = i;
  const step = Math.max(1, Math.ceil(all / MAX_SAMPLES));
  const count = Math.ceil(all / step);
  const colors = newPlane(count * D);
  const weights = newPlane(count);
  for (let k = 0; k < count; k++) {
    const i = found[k * step]!;
    weights[k] = weightOf(i);
    for (let d = 0; d < D; d++) colors[k * D + d] = lab[i * D + d]!;
  }
  return { colors, weights, count };
}

/** Puts each sample to its nearest centre (D values each). */
function assignClusters(colors: Float32Array, centres: Float64Array, cluster: Uint8Array): void {
  const size = centres.length / D;
  for (let i = 0, o = 0; i < cluster.length; i++, o += D) {
    const x = colors[o]!;
    const y = colors[o + 1]!;
    const z = colors[o + 2]!;
    let best = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let k = 0, c = 0; k < size; k++, c += D) {
      const dx = x - centres[c]!;
      const dy = y - centres[c + 1]!;
      const dz = z - centres[c + 2]!;
      const d = dx * dx + dy * dy + dz * dz;
      if (d < nearest) {
        nearest = d;
        best = k;
      }
    }
    cluster[i] = best;
  }
}

/** Mean colours of equal shares of the samples from dark to light: noise hardly moves them. */
function startCentres({ colors, weights, count }: ColorSamples, size: number): Float64Array {
  const lightness = newPlane(count);
  for (let i = 0; i < count; i++) lightness[i] = colors[i * D]!;
  lightness.sort();
  const limits = Array.from({ length: size - 1 }, (_, k) => lightness[Math.floor(((k + 1) * count) / size)]!);
  const centres = new Float64Array(size * D);
  const totals = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const o = i * D;
    let k = 0;
    while (k < size - 1 && colors[o]! >= limits[k]!) k++;
    totals[k]! += weights[i]!;
    for (let d = 0; d < D; d++) centres[k * D + d]! += weights[i]! * colors[o + d]!;
  }
  for (let k = 0; k < size; k++) for (let d = 0; d < D; d++) centres[k * D + d]! /= totals[k]! || 1;
  return centres;
}

/** Fits `size` components by k-means, then one covariance a cluster. Deterministic: starts spread over the samples. */
export function fitColorModel({ colors, weights, count }: ColorSamples, size: number): ColorModel {
  if (count === 0) return [];
  const centres = startCentres({ colors, weights, count }, size);
  const cluster = new Uint8Array(count);
  const sums = new Float64Array(size * 4);
  for (let round = 0; round < ROUNDS; round++) {
    assignClusters(colors, centres, cluster);
    sums.fill(0);
    for (let i = 0, o = 0; i < count; i++, o += D) {
      const to = cluster[i]! * 4;
      const w = weights[i]!;
      sums[to]! += w * colors[o]!;
      sums[to + 1]! += w * colors[o + 1]!;
      sums[to + 2]! += w * colors[o + 2]!;
      sums[to + 3]! += w;
    }
    for (let k = 0; k < size; k++) {
      const total = sums[k * 4 + 3]!;
      if (total > 1e-6) for (let d = 0; d < D; d++) centres[k * D + d] = sums[k * 4 + d]! / total;
    }
  }
  return Array.from({ length: size }, (_, k) => {
    const mean = [centres[k * D]!, centres[k * D + 1]!, centres[k * D + 2]!] as [number, number, number];
    return describeCluster(colors, weights, cluster, k, mean) ?? [];
  }).flat();
}

function describeCluster(
  colors: Float32Array,
  weights: Float32Array,
  cluster: Uint8Array,
  k: number,
  mean: [number, number, number],
): Component | undefined {
  let total = 0;
  let mine = 0;
  let xx = 0;
  let xy = 0;
  let xz = 0;
  let yy = 0;
  let yz = 0;
  let zz = 0;
  for (let i = 0; i < cluster.length; i++) {
    const w = weights[i]!;
    total += w;
    if (cluster[i] !== k) continue;
    mine += w;
    const x = colors[i * D]! - mean[0];
    const y = colors[i * D + 1]! - mean[1];
    const z = colors[i * D + 2]! - mean[2];
    xx += w * x * x;
    xy += w * x * y;
    xz += w * x * z;
    yy += w * y * y;
    yz += w * y * z;
    zz += w * z * z;
  }
  if (mine < total * SMALLEST_SHARE) return undefined;
  xx = xx / mine + REGULARIZATION[0];
  yy = yy / mine + REGULARIZATION[1];
  zz = zz / mine + REGULARIZATION[2];
  xy /= mine;
  xz /= mine;
  yz /= mine;
  const a = yy * zz - yz * yz;
  const b = xz * yz - xy * zz;
  const c = xy * yz - xz * yy;
  const det = xx * a + xy * b + xz * c;
  return {
    mean,
    precision: [
      a / det,
      b / det,
      c / det,
      (xx * zz - xz * xz) / det,
      (xy * xz - xx * yz) / det,
      (xx * yy - xy * xy) / det,
    ],
    factor: mine / total / Math.sqrt(det),
  };
}

/**
 * Versions of a skin colour: itself, in its own shade, and under highlights, which add light of no colour. `share` is
 * the part of the model that each gets.
 */
const VERSIONS = [
  { factor: 1, added: 0, chroma: 1, share: 0.68 },
  { factor: 0.72, added: 0, chroma: 0.9, share: 0.2 },
  { factor: 1, added: 12, chroma: 0.8, share: 0.08 },
  { factor: 1, added: 26, chroma: 0.6, share: 0.04 },
] as const;

/**
 * The model with its shaded and shining versions: cheeks and nose teach a colour, but the side of the jaw is darker and
 * a forehead shines. Without them, dark skin with highlights in low light is taken for hair.
 */
export const withShadeAndShine = (model: ColorModel): ColorModel =>
  VERSIONS.flatMap((version) =>
    model.map(
      ({ mean, precision, factor }): Component => ({
        mean: [
          Math.min(100, mean[0] * version.factor + version.added),
          mean[1] * version.chroma,
          mean[2] * version.chroma,
        ],
        precision,
        factor: factor * version.share,
      }),
    ),
  );

/** Density of a colour under the model, up to the constant (2 pi)^-1.5. */
export function colorDensity(model: ColorModel, l: number, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < model.length; k++) {
    const { mean, precision: p, factor } = model[k]!;
    const x = l - mean[0];
    const y = a - mean[1];
    const z = b - mean[2];
    const q = p[0] * x * x + p[3] * y * y + p[5] * z * z + 2 * (p[1] * x * y + p[2] * x * z + p[4] * y * z);
    if (q < 60) sum += factor * Math.exp(-0.5 * q);
  }
  return sum;
}

/** `colorDensity` of each of some colours (Lab, interleaved). */
export function colorDensities(model: ColorModel, colors: Float32Array, count: number): Float32Array<ArrayBuffer> {
  const out = newPlane(count);
  const numbers = Float32Array.from(model.flatMap(({ mean, precision, factor }) => [...mean, ...precision, factor]));
  withKernels({ read: [colors, numbers], write: [out] }, (kernels, [from, components, to]) =>
    kernels.densities(from!, count, components!, model.length, to!),
  );
  return out;
}
