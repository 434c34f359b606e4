/** Option values: text in, checked values out. Each parser throws what Commander turns into a usage error. */
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Face } from '#shared/contract.ts';
import { REGION_IDS, REGIONS, type RegionId } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES, type ExportFormat, type RegionSwitch } from '#shared/settings.ts';

const DECIMAL = /^(\d+\.?\d*|\.\d+)$/;

/** A strength from 0 to 1. */
export function parseStrength(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

/** A whole number within limits. */
export const parseWhole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high))
      throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
    return value;
  };

/** Which faces of a photo are meant. Numbers count from 0 in the order of `detect`. */
export type FaceChoice = 'largest' | 'all' | number;

export const parseFaceChoice = (text: string): FaceChoice => {
  if (text === 'largest' || text === 'all') return text;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be "largest", "all" or the number of a face, counted from 0.');
};

export type OneFace = Exclude<FaceChoice, 'all'>;

export const parseOneFace = (text: string): OneFace => {
  if (text === 'largest') return text;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be "largest" or the number of a face, counted from 0.');
};

/** A region and how far it moves to the source. */
export interface RegionShare {
  readonly id: RegionId;
  /** 0..1; the default of the region where nothing is said. */
  readonly amount?: number;
}

const isRegion = (name: string): name is RegionId => (REGION_IDS as readonly string[]).includes(name);

/** Names of regions with commas between them, each with an amount where wanted (`eyes,nose:0.5`); `none` is the empty list. */
export function parseRegions(text: string): RegionShare[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const [name = '', amount, ...rest] = part.trim().split(':');
    if (!isRegion(name)) {
      throw new InvalidArgumentError(`There is no region "${name}"; there are ${REGION_IDS.join(', ')}, or none.`);
    }
    if (rest.length > 0) throw new InvalidArgumentError(`"${part.trim()}" has two amounts.`);
    return amount === undefined ? { id: name } : { id: name, amount: parseStrength(amount) };
  });
}

/**
 * Switches of all regions: `regions` names what comes from the source in texture and shape, `texture` and `shape` do so
 * for one of them alone; what no list speaks about keeps its default. `added` comes from a source too, unless `texture`
 * or `shape` leaves it out.
 */
export function chooseRegions(lists: {
  regions?: readonly RegionShare[] | undefined;
  texture?: readonly RegionShare[] | undefined;
  shape?: readonly RegionShare[] | undefined;
  added?: readonly RegionShare[] | undefined;
}): Record<RegionId, RegionSwitch> {
  const { added = [] } = lists;
  const texture = lists.texture ?? (lists.regions && [...lists.regions, ...added]);
  const shape = lists.shape ?? (lists.regions && [...lists.regions, ...added]);
  const amounts = new Map(
    [...(lists.regions ?? []), ...added, ...(lists.texture ?? []), ...(lists.shape ?? [])].flatMap(({ id, amount }) =>
      amount === undefined ? [] : [[id, amount] as const],
    ),
  );
  const has = (list: readonly RegionShare[], id: RegionId): boolean => list.some((row) => row.id === id);
  return Object.fromEntries(
    REGIONS.map(({ id }) => {
      const preset = DEFAULT_REGION_SWITCHES[id];
      return [
        id,
        {
          texture: texture ? has(texture, id) : preset.texture || has(added, id),
          shape: shape ? has(shape, id) : preset.shape || has(added, id),
          amount: amounts.get(id) ?? preset.amount,
        },
      ];
    }),
  ) as Record<RegionId, RegionSwitch>;
}

/** A face of the target and the photo whose face it gets. */
export interface PhotoOfFace {
  readonly face: number;
  readonly photo: string;
}

/** One more `n=photo`. */
export function collectPhotosOfFaces(text: string, before: readonly PhotoOfFace[] = []): PhotoOfFace[] {
  const [, face, photo] = /^(\d{1,4})=(.+)$/.exec(text) ?? [];
  if (face === undefined || photo === undefined) {
    throw new InvalidArgumentError('It must be the number of a face, "=", and a photo, as in 0=anna.jpg.');
  }
  return [...before, { face: Number(face), photo }];
}

const FORMAT_OF_EXTENSION: Readonly<Record<string, ExportFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** A file name for a picture: its ending names the format. */
export function parsePictureName(text: string): { file: string; format: ExportFormat } {
  const format = FORMAT_OF_EXTENSION[path.extname(text).toLowerCase()];
  if (!format) throw new InvalidArgumentError('Its name must end in .png, .jpg, .webp or .tif.');
  return { file: text, format };
}

/** A file name for a label map. */
export function parseMapName(text: string): string {
  if (path.extname(text).toLowerCase() !== '.png') throw new InvalidArgumentError('Its name must end in .png.');
  return text;
}

const area = (face: Face): number => face.box[2] * face.box[3];

/** The faces that a choice means; empty when the photo has none of them. */
export function chooseFaces(faces: readonly Face[], choice: FaceChoice): Face[] {
  if (choice === 'all') return [...faces];
  if (choice === 'largest') return faces.length === 0 ? [] : [faces.reduce((a, b) => (area(b) > area(a) ? b : a))];
  return faces.filter((face) => face.index === choice);
}
