/**
 * What the user has put together: the target, the sources, who replaces whom, and the settings. Immutable, so that
 * undo and redo are a list of such documents. Photos are named by the window's own keys, which outlive the engine.
 */
import type { PhotoId, SwapRequest } from '#shared/contract.ts';
import type { RegionId } from '#shared/regions.ts';
import type { RegionSwitch, SwapSettings } from '#shared/settings.ts';
import { EMPTY_VIDEO, type VideoPart, withMovedSources, withoutPhoto } from './video-document.ts';

export type PhotoKey = `p${number}`;

export interface SourceFace {
  readonly photo: PhotoKey;
  readonly face: number;
}

export interface StudioDocument {
  readonly target: PhotoKey | null;
  readonly sources: readonly PhotoKey[];
  /** Source face by target face index. A target face without an entry keeps its own face. */
  readonly assignments: Readonly<Record<number, SourceFace>>;
  readonly settings: SwapSettings;
  /** What the Video tab works on; photos and settings are the same for both. */
  readonly video: VideoPart;
}

export const emptyDocument = (settings: SwapSettings): StudioDocument => ({
  target: null,
  sources: [],
  assignments: {},
  settings,
  video: EMPTY_VIDEO,
});

const sameFace = (a: SourceFace | undefined, b: SourceFace | undefined): boolean =>
  a?.photo === b?.photo && a?.face === b?.face;

/** The target face takes this source face, or keeps its own when `source` is null. */
export function withAssignment(doc: StudioDocument, targetFace: number, source: SourceFace | null): StudioDocument {
  if (sameFace(doc.assignments[targetFace], source ?? undefined)) return doc;
  const { [targetFace]: _, ...others } = doc.assignments;
  return { ...doc, assignments: source ? { ...others, [targetFace]: source } : others };
}

/**
 * A new target. Its main face takes over the first source in use, or `fallback` when nothing was in use, since the
 * faces of two photos do not correspond.
 */
export function withTarget(
  doc: StudioDocument,
  target: PhotoKey | null,
  mainFace: number | null,
  fallback: SourceFace | null,
): StudioDocument {
  const source = Object.values(doc.assignments)[0] ?? fallback;
  const assignments = target !== null && mainFace !== null && source ? { [mainFace]: source } : {};
  return { ...doc, target, assignments };
}

/** Adds a source photo. Its face goes to `targetFace` when both are known. */
export function withSource(
  doc: StudioDocument,
  photo: PhotoKey,
  face: number | null,
  targetFace: number | null,
): StudioDocument {
  const added = doc.sources.includes(photo) ? doc : { ...doc, sources: [...doc.sources, photo] };
  return face === null || targetFace === null ? added : withAssignment(added, targetFace, { photo, face });
}

/** Takes a source photo away, and with it what was assigned from it. */
export function withoutSource(doc: StudioDocument, photo: PhotoKey): StudioDocument {
  const kept = Object.entries(doc.assignments).filter(([, source]) => source.photo !== photo);
  return {
    ...doc,
    sources: doc.sources.filter((key) => key !== photo),
    assignments: Object.fromEntries(kept),
    video: withoutPhoto(doc.video, photo),
  };
}

export function withSettings(doc: StudioDocument, change: Partial<SwapSettings>): StudioDocument {
  return { ...doc, settings: { ...doc.settings, ...change } };
}

export function withRegion(doc: StudioDocument, region: RegionId, change: Partial<RegionSwitch>): StudioDocument {
  const { regions } = doc.settings;
  return withSettings(doc, { regions: { ...regions, [region]: { ...regions[region], ...change } } });
}

/** The document after the faces of a photo got other indices; what a face without one was assigned to is gone. */
export function withMovedFaces(
  doc: StudioDocument,
  photo: PhotoKey,
  moved: ReadonlyMap<number, number>,
): StudioDocument {
  const assignments: Record<number, SourceFace> = {};
  for (const [key, source] of Object.entries(doc.assignments)) {
    const target = doc.target === photo ? moved.get(Number(key)) : Number(key);
    const face = source.photo === photo ? moved.get(source.face) : source.face;
    if (target !== undefined && face !== undefined) assignments[target] = { photo: source.photo, face };
  }
  return { ...doc, assignments, video: withMovedSources(doc.video, photo, moved) };
}

/** Every photo that the document names, each once. */
export function photosOf(doc: StudioDocument): PhotoKey[] {
  return [...new Set(doc.target === null ? doc.sources : [doc.target, ...doc.sources])];
}

/**
 * The request that makes this document's result; null while there is nothing to swap or a photo it needs is not open
 * in the engine.
 */
export function requestOf(doc: StudioDocument, idOf: (photo: PhotoKey) => PhotoId | null): SwapRequest | null {
  const target = doc.target === null ? null : idOf(doc.target);
  if (target === null) return null;
  const assignments: SwapRequest['assignments'] = [];
  for (const [targetFace, { photo, face }] of Object.entries(doc.assignments)) {
    const source = idOf(photo);
    if (source === null) return null;
    assignments.push({ targetFace: Number(targetFace), source, sourceFace: face });
  }
  return assignments.length === 0 ? null : { target, assignments, settings: doc.settings };
}

/** A text that is equal for two documents exactly when they ask for the same result. */
export function fingerprint(doc: StudioDocument): string {
  return JSON.stringify([doc.target, doc.assignments, doc.settings]);
}

/** True when there is something to swap. */
export const isComplete = (doc: StudioDocument): boolean =>
  doc.target !== null && Object.keys(doc.assignments).length > 0;

/** The photos that a run of this document reads. */
export function photosInUse(doc: StudioDocument): PhotoKey[] {
  const sources = Object.values(doc.assignments).map((source) => source.photo);
  return [...new Set(doc.target === null ? sources : [doc.target, ...sources])];
}
