/**
 * The 12 face regions of E4S: the one table of them. Indices are the labels of every 12-class map in the studio
 * (paper section 3.1; label merging 19 -> 12 after CelebAMask-HQ and BiSeNet orders).
 */

/** Where a region comes from when a face is swapped. */
export type RegionOrigin = 'source' | 'target';

/** How much the classic engine can do with a region: exchange it, or only leave it with the target. */
export type ClassicSupport = 'exchange' | 'keep';

interface RegionRow {
  readonly id: string;
  /** The label in 12-class maps, 0..11. */
  readonly index: number;
  /** Class ids in CelebAMask-HQ ground-truth maps that merge into this region. */
  readonly celebaIds: readonly number[];
  /** Class ids in BiSeNet (face-parsing.PyTorch) output that merge into this region. */
  readonly bisenetIds: readonly number[];
  /** Display colour of the label, 8-bit sRGB. */
  readonly color: readonly [number, number, number];
  readonly defaultTexture: RegionOrigin;
  readonly defaultShape: RegionOrigin;
  readonly classic: ClassicSupport;
}

export const REGIONS = [
  {
    id: 'background',
    index: 0,
    celebaIds: [0, 14, 16, 18],
    bisenetIds: [0, 15, 16, 18],
    color: [0, 0, 0],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
  {
    id: 'lips',
    index: 1,
    celebaIds: [11, 12],
    bisenetIds: [12, 13],
    color: [204, 0, 0],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'brows',
    index: 2,
    celebaIds: [6, 7],
    bisenetIds: [2, 3],
    color: [76, 153, 0],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'eyes',
    index: 3,
    celebaIds: [4, 5],
    bisenetIds: [4, 5],
    color: [204, 204, 0],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'hair',
    index: 4,
    celebaIds: [13],
    bisenetIds: [17],
    color: [51, 51, 255],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
  {
    id: 'nose',
    index: 5,
    celebaIds: [2],
    bisenetIds: [10],
    color: [204, 0, 204],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'skin',
    index: 6,
    celebaIds: [1],
    bisenetIds: [1],
    color: [0, 255, 255],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'ears',
    index: 7,
    celebaIds: [8, 9],
    bisenetIds: [7, 8],
    color: [255, 204, 204],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
  {
    id: 'neck',
    index: 8,
    celebaIds: [17],
    bisenetIds: [14],
    color: [102, 51, 0],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
  {
    id: 'mouth',
    index: 9,
    celebaIds: [10],
    bisenetIds: [11],
    color: [255, 0, 0],
    defaultTexture: 'source',
    defaultShape: 'source',
    classic: 'exchange',
  },
  {
    id: 'glasses',
    index: 10,
    celebaIds: [3],
    bisenetIds: [6],
    color: [102, 204, 0],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
  {
    id: 'earrings',
    index: 11,
    celebaIds: [15],
    bisenetIds: [9],
    color: [255, 255, 0],
    defaultTexture: 'target',
    defaultShape: 'target',
    classic: 'keep',
  },
] as const satisfies readonly RegionRow[];

export type Region = (typeof REGIONS)[number];
export type RegionId = Region['id'];

export const REGION_COUNT = REGIONS.length;
export const REGION_IDS = REGIONS.map((r) => r.id) as [RegionId, ...RegionId[]];

const BY_ID = new Map<string, Region>(REGIONS.map((r) => [r.id, r]));

/** The region with this id; throws a RangeError for a name that is not in the table. */
export function regionById(id: RegionId): Region {
  const region = BY_ID.get(id);
  if (!region) throw new RangeError(`unknown region "${id}"`);
  return region;
}

/** Label 0..11 of a region id. */
export const regionIndex = (id: RegionId): number => regionById(id).index;

/** A 256-entry table from ids of a 19-class order to 12-class labels; ids that no region claims become background. */
export function mergeTable(order: 'celeba' | 'bisenet'): Uint8Array {
  const table = new Uint8Array(256);
  for (const region of REGIONS) {
    for (const id of order === 'celeba' ? region.celebaIds : region.bisenetIds) table[id] = region.index;
  }
  return table;
}
