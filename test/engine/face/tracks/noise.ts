/** Repeatable noise for tests. */
import { random } from '../../../../scripts/samples/random.ts';

/** Numbers of mean 0 and deviation 1, nearly normal. */
export function gaussianNoise(seed: number): () => number {
  const next = random(seed);
  return () => (next() + next() + next() + next() - 2) * Math.sqrt(3);
}
