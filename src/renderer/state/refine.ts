/** The refinement of a photo that is shown in the Image tab. */
import { create } from 'zustand';
import type { Refined, RefineSide } from '#shared/contract-refine.ts';

export interface RefineProgress {
  readonly side: RefineSide;
  /** 0 before the first step. */
  readonly step: number;
  readonly total: number;
  readonly first: number | null;
  readonly best: number | null;
  readonly keeping: boolean;
}

export interface RefineState {
  readonly progress: RefineProgress | null;
  /** Rises with every better picture; null before there is one. */
  readonly picture: { readonly side: RefineSide; readonly version: number } | null;
  /** What of the selected pair is refined. */
  readonly refined: Refined;
}

export const NOT_REFINED: Refined = { source: false, target: false };
export const useRefine = create<RefineState>()(() => ({ progress: null, picture: null, refined: NOT_REFINED }));
