/**
 * What an engine brings to the pipeline: one function a stage between alignment and pasting, which all engines share.
 * The pipeline passes an engine's own types through without looking into them.
 */
import type { RgbImage } from '#engine/image/picture.ts';
import type { Warning } from '#shared/contract.ts';
import type { RegionId } from '#shared/regions.ts';
import type { EngineId, SwapSettings } from '#shared/settings.ts';
import type { StageId } from '#shared/stages.ts';
import type { AlignedFace } from './aligned-face.ts';
import type { DrawnStage } from './stage-picture.ts';

/** Everything that one swapped face went through; what `stage()` draws its pictures from. */
export interface PairStates<Face, Driven, Exchanged, Generated, Recolored, Source = Face> {
  readonly alignedTarget: AlignedFace;
  readonly alignedSource: AlignedFace;
  readonly target: Face;
  readonly source: Source;
  readonly driven: Driven;
  readonly exchanged: Exchanged;
  readonly generated: Generated;
  readonly recolored: Recolored;
  readonly blended: RgbImage;
  readonly inpainted: RgbImage;
  readonly settings: SwapSettings;
}

/** A further source, driven by the same target: the regions that come from it in the first source's place. */
export interface RegionDriven<Driven> {
  readonly driven: Driven;
  readonly regions: readonly RegionId[];
}

/** Stages throw `CancelledError` soon after their signal is aborted, where they take one. */
export interface EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source = Face> {
  readonly id: EngineId;
  /** Side of every crop, pixels, for an engine that works at one size only. */
  readonly cropSize?: number;
  /** For an engine with drafts, whose source is a face like its target: faces as drafts are made from them. */
  readonly draft?: {
    /** The crop that drafts are made from; the face itself where its crop is small already. */
    aligned(face: AlignedFace): AlignedFace;
    /** The same face, already parsed, on such a crop. */
    parsed(face: Face, aligned: AlignedFace): Face;
  };
  /** Regions of one face can come from several sources. */
  readonly manySources?: boolean;
  /**
   * What of the settings a stage's value depends on, as text: the key of its cache entry together with the faces. It
   * must contain what earlier stages depend on.
   */
  settingsKey(stage: StageId, settings: SwapSettings): string;
  /** Parses a face and finds out whatever else depends on it alone. */
  parse(aligned: AlignedFace, signal?: AbortSignal): Promise<Face>;
  /** For an engine that does not parse the source (`Source` then is not `Face`) but the driven face. */
  readonly ofDriven?: {
    /** Finds out whatever depends on the source alone: the first part of re-enactment. */
    source(aligned: AlignedFace, signal?: AbortSignal): Promise<Source>;
    parse(driven: Driven, signal?: AbortSignal): Promise<Driven>;
  };
  /** For an engine whose parsed faces have style vectors: the same face with others. */
  withVectors?<Parsed extends Face | Driven>(face: Parsed, vectors: Float32Array<ArrayBuffer>): Parsed;
  /** Drives the source with the target's pose and expression. */
  reenact(source: Source, target: Face, signal?: AbortSignal): Promise<Driven> | Driven;
  /** Recomposes shapes and masks. `others` is empty for an engine without `manySources`. */
  exchange(
    source: Source,
    target: Face,
    driven: Driven,
    settings: SwapSettings,
    others: readonly RegionDriven<Driven>[],
    signal?: AbortSignal,
  ): Promise<Exchanged> | Exchanged;
  generate(
    source: Source,
    target: Face,
    exchanged: Exchanged,
    settings: SwapSettings,
    signal?: AbortSignal,
  ): Promise<Generated> | Generated;
  recolor(
    source: Source,
    target: Face,
    exchanged: Exchanged,
    generated: Generated,
    settings: SwapSettings,
    signal?: AbortSignal,
  ): Promise<Recolored> | Recolored;
  /** The face in its surroundings: a picture of the target's whole crop. */
  blend(
    source: Source,
    target: Face,
    exchanged: Exchanged,
    generated: Generated,
    recolored: Recolored,
    settings: SwapSettings,
    signal?: AbortSignal,
  ): Promise<RgbImage> | RgbImage;
  /** Fills what neither face shows. */
  inpaint(
    source: Source,
    target: Face,
    exchanged: Exchanged,
    generated: Generated,
    recolored: Recolored,
    blended: RgbImage,
    settings: SwapSettings,
    signal?: AbortSignal,
  ): Promise<RgbImage> | RgbImage;
  /** What is to be said about this pair, beyond what each face's own gate says. */
  warnings(source: Source, target: Face, exchanged: Exchanged): Warning[];
  /** The picture of a stage whose value is of the engine's own types. */
  picture(stage: DrawnStage, states: PairStates<Face, Driven, Exchanged, Generated, Recolored, Source>): RgbImage;
}

/** A finished pair, its engine's types closed in. */
export interface SwappedPair {
  /** Made from smaller crops. */
  readonly draft: boolean;
  readonly alignedTarget: AlignedFace;
  /** The target's crop with the exchanged face. */
  readonly result: RgbImage;
  warnings(): readonly Warning[];
  picture(stage: StageId): RgbImage;
}
