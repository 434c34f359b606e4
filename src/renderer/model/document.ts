/**
 * What the user has put together: the target, the sources, who replaces whom, and the settings. Immutable, so that
 * undo and redo are a list of such documents.
 */
import type { PhotoId, SwapRequest } from '#shared/contract.ts';
import type { RegionId } from '#shared/regions.ts';
import type { RegionSwitch, SwapSettings } from '#shared/settings.ts';
import { type AssignedFace, type Assignments, furtherSources, mapRegionSources } from './region-sources.ts';
import { isSameFace, type PhotoKey, type SourceFace } from './source-face.ts';
import { EMPTY_VIDEO, type VideoPart, withMovedSources, withoutPhoto } from './video-part.ts';

export interface StudioDocument {
  readonly target: PhotoKey | null;
  readonly sources: readonly PhotoKey[];
  /** Source face by target face index. A target face without an entry keeps its own face. */
  readonly assignments: Assignments;
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

/** The target face takes this source face, or keeps its own when `source` is null. Single regions stay as they were. */
export function withAssignment(doc: StudioDocument, targetFace: number, source: SourceFace | null): StudioDocument {
  if (isSameFace(doc.assignments[targetFace], source ?? undefined)) return doc;
  const { [targetFace]: before, ...others } = doc.assignments;
  const regions = before?.regions;
  const entry = source && { photo: source.photo, face: source.face, ...(regions && { regions }) };
  return { ...doc, assignments: entry ? { ...others, [targetFace]: entry } : others };
}

/** The region of this target face comes from `source`; null is the face that it gets for all others. */
export function withRegionSource(
  doc: StudioDocument,
  targetFace: number,
  region: RegionId,
  source: SourceFace | null,
): StudioDocument {
  const entry = doc.assignments[targetFace];
  if (!entry) return doc;
  const { [region]: before, ...others } = entry.regions ?? {};
  const wanted = source && !isSameFace(source, entry) ? source : undefined;
  if (isSameFace(before, wanted)) return doc;
  const regions = wanted ? { ...others, [region]: wanted } : others;
  const main = { photo: entry.photo, face: entry.face };
  const changed = Object.keys(regions).length === 0 ? main : { ...main, regions };
  return { ...doc, assignments: { ...doc.assignments, [targetFace]: changed } };
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
  const kept = Object.entries(doc.assignments).flatMap(([face, entry]) => {
    if (entry.photo === photo) return [];
    return [[face, mapRegionSources(entry, (source) => (source.photo === photo ? undefined : source))] as const];
  });
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
  const follow = (source: SourceFace): SourceFace | undefined => {
    const face = source.photo === photo ? moved.get(source.face) : source.face;
    return face === undefined ? undefined : { photo: source.photo, face };
  };
  const assignments: Record<number, AssignedFace> = {};
  for (const [key, entry] of Object.entries(doc.assignments)) {
    const target = doc.target === photo ? moved.get(Number(key)) : Number(key);
    const main = follow(entry);
    const { regions } = mapRegionSources(entry, follow);
    if (target !== undefined && main) assignments[target] = { ...main, ...(regions && { regions }) };
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
 * @param manySources whether the engine takes single regions from further faces
 */
export function requestOf(
  doc: StudioDocument,
  idOf: (photo: PhotoKey) => PhotoId | null,
  manySources = false,
): SwapRequest | null {
  const target = doc.target === null ? null : idOf(doc.target);
  if (target === null) return null;
  const assignments: SwapRequest['assignments'] = [];
  for (const [targetFace, entry] of Object.entries(doc.assignments)) {
    const source = idOf(entry.photo);
    const others = (manySources ? furtherSources(entry) : []).map(({ source: further, regions }) => ({
      source: idOf(further.photo),
      sourceFace: further.face,
      regions,
    }));
    if (source === null || !others.every(isOpen)) return null;
    assignments.push({
      targetFace: Number(targetFace),
      source,
      sourceFace: entry.face,
      ...(others.length > 0 && { others }),
    });
  }
  return assignments.length === 0 ? null : { target, assignments, settings: doc.settings };
}

const isOpen = <Row extends { readonly source: PhotoId | null }>(row: Row): row is Row & { readonly source: PhotoId } =>
  row.source !== null;

/** A text that is equal for two documents exactly when they ask for the same result. */
export function fingerprint(doc: StudioDocument): string {
  return JSON.stringify([doc.target, doc.assignments, doc.settings]);
}

/** True when there is something to swap. */
export const isComplete = (doc: StudioDocument): boolean =>
  doc.target !== null && Object.keys(doc.assignments).length > 0;

/** The photos that a run of this document reads. */
export function photosInUse(doc: StudioDocument): PhotoKey[] {
  const sources = Object.values(doc.assignments).flatMap((entry) => [
    entry.photo,
    ...furtherSources(entry).map(({ source }) => source.photo),
  ]);
  return [...new Set(doc.target === null ? sources : [doc.target, ...sources])];
}
