/** Mixtures of Gaussians over colours: what skin, hair, clothes and background look like in one picture. */

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
  const found: number[] = [];
  for (let i = 0; i < n; i++) if (weightOf(i) > 0) found.push(i);
  const step = Math.max(1, Math.ceil(found.length / MAX_SAMPLES));
  const count = Math.ceil(found.length / step);
  const colors = new Float32Array(count * D);
  const weights = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const i = found[k * step]!;
    weights[k] = weightOf(i);
    for (let d = 0; d < D; d++) colors[k * D + d] = lab[i * D + d]!;
  }
  return { colors, weights, count };
}

/** Fits `size` components by k-means, then one covariance a cluster. Deterministic: starts spread over the samples. */
export function fitColorModel({ colors, weights, count }: ColorSamples, size: number): ColorModel {
  if (count === 0) return [];
  const centres = Array.from({ length: size }, (_, k) => {
    const i = Math.floor(((k + 0.5) / size) * count);
    return [colors[i * D]!, colors[i * D + 1]!, colors[i * D + 2]!] as [number, number, number];
  });
  const cluster = new Uint8Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(size * 4);
    for (let i = 0; i < count; i++) {
      let best = 0;
      let nearest = Number.POSITIVE_INFINITY;
      for (let k = 0; k < size; k++) {
        const c = centres[k]!;
        const d = (colors[i * D]! - c[0]) ** 2 + (colors[i * D + 1]! - c[1]) ** 2 + (colors[i * D + 2]! - c[2]) ** 2;
        if (d < nearest) {
          nearest = d;
          best = k;
        }
      }
      cluster[i] = best;
      const w = weights[i]!;
      for (let d = 0; d < D; d++) sums[best * 4 + d]! += w * colors[i * D + d]!;
      sums[best * 4 + 3]! += w;
    }
    for (let k = 0; k < size; k++) {
      const total = sums[k * 4 + 3]!;
      if (total > 1e-6) for (let d = 0; d < D; d++) centres[k]![d] = sums[k * 4 + d]! / total;
    }
  }
  return centres.flatMap((mean, k) => describeCluster(colors, weights, cluster, k, mean) ?? []);
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
  for (const { mean, precision: p, factor } of model) {
    const x = l - mean[0];
    const y = a - mean[1];
    const z = b - mean[2];
    const q = p[0] * x * x + p[3] * y * y + p[5] * z * z + 2 * (p[1] * x * y + p[2] * x * z + p[4] * y * z);
    if (q < 60) sum += factor * Math.exp(-0.5 * q);
  }
  return sum;
}

/** Lab units of a cell, and the cells along each axis (a and b from -96 to 96). */
const CELL = 1.5;
const L_CELLS = 68;
const AB_CELLS = 128;

/**
 * Densities of every pixel. Colours are rounded to cells of 1.5 Lab units and each cell is evaluated once, which is
 * some ten times fewer exponentials than pixels in a photograph.
 */
export function densityPlane(model: ColorModel, lab: Float32Array): Float32Array<ArrayBuffer> {
  const n = lab.length / D;
  const out = new Float32Array(n);
  if (model.length === 0) return out;
  const known = new Float32Array(L_CELLS * AB_CELLS * AB_CELLS).fill(-1);
  for (let i = 0; i < n; i++) {
    const l = Math.min(L_CELLS - 1, Math.max(0, Math.round(lab[3 * i]! / CELL)));
    const a = Math.min(AB_CELLS - 1, Math.max(0, Math.round(lab[3 * i + 1]! / CELL) + AB_CELLS / 2));
    const b = Math.min(AB_CELLS - 1, Math.max(0, Math.round(lab[3 * i + 2]! / CELL) + AB_CELLS / 2));
    const cell = (l * AB_CELLS + a) * AB_CELLS + b;
    if (known[cell]! < 0) {
      known[cell] = colorDensity(model, l * CELL, (a - AB_CELLS / 2) * CELL, (b - AB_CELLS / 2) * CELL);
    }
    out[i] = known[cell]!;
  }
  return out;
}
