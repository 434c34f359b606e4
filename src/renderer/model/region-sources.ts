/** Regions of a target face that come from other faces than the one that it gets. */
import { REGION_IDS, type RegionId } from '#shared/regions.ts';
import { isSameFace, type PhotoKey, type SourceFace } from './source-face.ts';

export type RegionSources = Readonly<Partial<Record<RegionId, SourceFace>>>;

/** The face that a target face gets, and where single regions come from instead. */
export interface AssignedFace extends SourceFace {
  readonly regions?: RegionSources | undefined;
}

/** By target face index. */
export type Assignments = Readonly<Record<number, AssignedFace>>;

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
export const isFaceUsed = (assignments: Assignments, photo: PhotoKey, face: number): boolean =>
  Object.values(assignments).some((entry) =>
    [entry, ...furtherSources(entry).map(({ source }) => source)].some((used) => isSameFace(used, { photo, face })),
  );
