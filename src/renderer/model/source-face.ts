/** Faces of photos. Photos are named by the window's own keys, which outlive the engine. */

export type PhotoKey = `p${number}`;

export interface SourceFace {
  readonly photo: PhotoKey;
  readonly face: number;
}

export const isSameFace = (a: SourceFace | undefined, b: SourceFace | undefined): boolean =>
  a?.photo === b?.photo && a?.face === b?.face;
