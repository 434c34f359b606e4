/** What the stages of the rgi engine hand on to each other. */
import type { EncodedFace } from './frame-preparation.ts';
import type { Recomposed } from './recompose.ts';

/** The driven face; its labels and style vectors are there once it is parsed. */
export type RgiDriven = Pick<EncodedFace, 'picture'> & Partial<EncodedFace>;

export interface RgiExchange {
  readonly recomposed: Recomposed;
  /** Style vectors of the swapped face. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Labels of regions that the composite takes from the generated face. */
  readonly shown: ReadonlySet<number>;
}
