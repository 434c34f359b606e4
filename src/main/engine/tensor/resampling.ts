/** Where resampling reads: shared by lowerings and gradients. */

/** Source position of each of `to` nearest samples: `floor(i · from / to)`. */
export function nearestSource(from: number, to: number): number[] {
  return Array.from({ length: to }, (_, index) => Math.floor((index * from) / to));
}

/** The weights `[to, from]` of linear interpolation along one axis, row-major; clamped at the borders. */
export function linearWeights(from: number, to: number, alignCorners: boolean): Float32Array {
  const weights = new Float32Array(to * from);
  for (let index = 0; index < to; index++) {
    const position = alignCorners
      ? to === 1
        ? 0
        : (index * (from - 1)) / (to - 1)
      : Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    const high = Math.min(low + 1, from - 1);
    weights[index * from + low]! += 1 - (position - low);
    weights[index * from + high]! += position - low;
  }
  return weights;
}

/** The matrix `[to, from]` that reads the nearest sample. */
export function nearestWeights(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  nearestSource(from, to).forEach((source, index) => {
    weights[index * from + source] = 1;
  });
  return weights;
}
