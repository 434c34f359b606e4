/** Reproducible random numbers for tests. */

/** Uniform in [0, 1), a linear congruential generator (Numerical Recipes). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `n` uniform values. */
export function noise(n: number, seed = 1): Float32Array<ArrayBuffer> {
  const random = randomSource(seed);
  return Float32Array.from({ length: n }, random);
}

/** Largest absolute difference of two equally long lists. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}
