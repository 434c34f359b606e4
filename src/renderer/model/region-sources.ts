/** Regions of a target face that come from other faces than the one that it gets. */
import { REGION_IDS, type RegionId } from '#shared/regions.ts';
import type { AssignedFace, PhotoKey, SourceFace, StudioDocument } from './document.ts';

export type RegionSources = Readonly<Partial<Record<RegionId, SourceFace>>>;

export const isSameFace = (a: SourceFace | undefined, b: SourceFace | undefined): boolean =>
  a?.photo === b?.photo && a?.face === b?.face;

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

/** The face that a region comes from. */
export const regionSource = (entry: AssignedFace, region: RegionId): SourceFace => entry.regions?.[region] ?? entry;

/** Regions by the further face that they come from, in the order of the table. */
export function furtherSources(entry: AssignedFace): { source: SourceFace; regions: RegionId[] }[] {
  const groups: { source: SourceFace; regions: RegionId[] }[] = [];
  for (const region of REGION_IDS) {
    const source = entry.regions?.[region];
    if (!source || isSameFace(source, entry)) continue;
    const group = groups.find((row) => isSameFace(row.source, source));
    if (group) group.regions.push(region);
    else groups.push({ source, regions: [region] });
  }
  return groups;
}

/** The entry with its region sources changed one by one; those for which `change` gives nothing come from the main face. */
export function mapRegionSources(
  entry: AssignedFace,
  change: (source: SourceFace) => SourceFace | undefined,
): AssignedFace {
  if (!entry.regions) return entry;
  const kept = Object.entries(entry.regions).flatMap(([region, source]) => {
    const changed = source && change(source);
    return changed ? [[region, changed] as const] : [];
  });
  return { ...entry, regions: Object.fromEntries(kept) };
}

/** Whether the assignments use this face anywhere. */
export const isFaceUsed = (assignments: StudioDocument['assignments'], photo: PhotoKey, face: number): boolean =>
  Object.values(assignments).some((entry) =>
    [entry, ...furtherSources(entry).map(({ source }) => source)].some((used) => isSameFace(used, { photo, face })),
  );
