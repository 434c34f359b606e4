/**
 * What the photo side of the engine offers to its three callers (engine process, command line, tests). Ids name
 * pictures and results that the studio keeps; the callers resolve file handles to paths before they call.
 */
import type { Affine } from '#engine/image/affine.ts';
import type { PhotoId, PhotoInfo, ResultId, SwapRequest, SwapResult } from '#shared/contract.ts';
import type { Refined, RefinePair, RefineSide } from '#shared/contract-refine.ts';
import type { ExportSettings } from '#shared/settings.ts';
import type { StageId } from '#shared/stages.ts';
import type { EncodedPair } from './engines.ts';
import type { RefinedFace, RefinedIdentity } from './refined-face.ts';
import type { KeptFace } from './refined-vectors.ts';
import type { RunOptions } from './run-options.ts';

/** An encoded picture, ready to be shown or written. */
export interface EncodedPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/tiff';
  readonly width: number;
  readonly height: number;
  /** What the format could not hold, one sentence each. */
  readonly notices?: readonly string[] | undefined;
}

/** `crop: false` takes the whole picture for the aligned crop that it is already. */
export interface ParseOptions extends RunOptions {
  readonly crop?: boolean | undefined;
}

/** The 12-region label map of one face. */
export interface ParsedFace {
  /** Side of the map of the aligned crop, pixels. */
  readonly size: number;
  /** Labels 0..11, row-major, `size`² bytes. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Coordinates of the map to coordinates of the upright photo. */
  readonly toPhoto: Affine;
}

export interface PhotoStudio extends AsyncDisposable {
  /**
   * Decodes a file and finds its faces.
   * @throws InputError when the file cannot be decoded or is over the limits
   */
  open(file: { path: string; name: string }, options: { thorough: boolean }, run?: RunOptions): Promise<PhotoInfo>;
  detect(photo: PhotoId, options: { thorough: boolean }, run?: RunOptions): Promise<PhotoInfo>;
  /** 478 dense landmarks, x y z in pixels of the upright picture, interleaved. */
  denseLandmarks(photo: PhotoId, face: number): Promise<Float32Array>;
  view(photo: PhotoId, maxSide: number): Promise<EncodedPicture>;
  faceThumb(photo: PhotoId, face: number, maxSide: number): Promise<EncodedPicture>;
  parse(photo: PhotoId, face: number, run?: ParseOptions): Promise<ParsedFace>;
  close(photo: PhotoId): boolean;

  /**
   * Runs the pipeline for every assignment. Stages whose inputs did not change come from the cache; drafts have entries
   * of their own there.
   * @throws NoFaceError, UsageError, MissingPackError, CancelledError
   */
  swap(request: SwapRequest, run?: RunOptions): Promise<SwapResult>;
  /**
   * Both faces of a pair as the rgi engine's encoder knows them; its sessions are closed then, for whoever needs the memory.
   * @throws MissingPackError, UsageError, CancelledError
   */
  encodePair(pair: RefinePair, run?: RunOptions): Promise<EncodedPair>;
  /**
   * Style vectors `[12, 1280]` that later swaps of this pair take, also when its photos are opened again; undefined gives
   * the encoder's back.
   * @throws StorageError when they cannot be kept; they are in use nevertheless
   */
  setVectors(pair: RefinePair, side: RefineSide, vectors: Float32Array<ArrayBuffer> | undefined): Promise<void>;
  /** Refined vectors from a file: swaps of the face that they belong to take them. They are not kept. */
  giveVectors(face: RefinedFace): void;
  /** What refined vectors of this side of the pair belong to. */
  identify(pair: RefinePair, side: RefineSide): Promise<RefinedIdentity>;
  /** Which side of a pair has vectors of its own. */
  refined(pair: RefinePair): Promise<Refined>;
  /** The refined faces of the data folder. */
  keptVectors(): Promise<KeptFace[]>;
  /** Removes them, and takes back what is in use. @returns how many there were @throws StorageError */
  clearVectors(): Promise<number>;
  viewResult(result: ResultId, maxSide: number): Promise<EncodedPicture>;
  stage(result: ResultId, targetFace: number, stage: StageId, maxSide: number): Promise<EncodedPicture>;
  /**
   * The result at full size in the target's colour space and bit depth.
   * @throws UsageError for a draft
   */
  encodeResult(result: ResultId, settings: ExportSettings): Promise<EncodedPicture>;
}
