/** What `e4s swap` was asked for. */
import type { ExportFormat, ExportSettings, SwapSettings } from '#shared/settings.ts';
import type { CommonOptions } from '../command.ts';
import type { FaceChoice, OneFace, PhotoOfFace, RegionShare } from '../options.ts';
import type { RegionsOfPhoto } from './region-sources.ts';

export interface SwapOptions extends CommonOptions {
  readonly source?: string;
  readonly target: string;
  readonly out: { readonly file: string; readonly format: ExportFormat };
  readonly engine: SwapSettings['engine'];
  readonly face?: FaceChoice;
  readonly sourceFace?: OneFace;
  readonly assign?: readonly PhotoOfFace[];
  readonly regions?: readonly RegionShare[];
  readonly texture?: readonly RegionShare[];
  readonly shape?: readonly RegionShare[];
  readonly from?: readonly RegionsOfPhoto[];
  readonly amount: number;
  readonly recolor: number;
  readonly crop: boolean;
  readonly thorough?: boolean;
  readonly quality: number;
  readonly metadata: ExportSettings['metadata'];
  readonly stages?: string;
  /** Take refined vectors that the data folder keeps. */
  readonly refined?: boolean;
  readonly refinedFrom?: readonly string[];
}
