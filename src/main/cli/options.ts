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

export const parseOneFace = (text: string): Exclude<FaceChoice, 'all'> => {
  if (text === 'largest') return text;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be "largest" or the number of a face, counted from 0.');
};

/** Names of regions, separated by commas; `none` is the empty list. */
export function parseRegions(text: string): RegionId[] {
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!REGION_IDS.includes(name as RegionId)) {
      throw new InvalidArgumentError(`There is no region "${name}"; there are ${REGION_IDS.join(', ')}, or none.`);
    }
  }
  return [...new Set(names as RegionId[])];
}

/**
 * Switches of all regions: `regions` names what comes from the source in texture and shape, `texture` and `shape` do so
 * for one of them alone; what no list speaks about keeps its default.
 */
export function chooseRegions(lists: {
  regions?: readonly RegionId[] | undefined;
  texture?: readonly RegionId[] | undefined;
  shape?: readonly RegionId[] | undefined;
}): Record<RegionId, RegionSwitch> {
  const texture = lists.texture ?? lists.regions;
  const shape = lists.shape ?? lists.regions;
  return Object.fromEntries(
    REGIONS.map(({ id }) => {
      const preset = DEFAULT_REGION_SWITCHES[id];
      return [
        id,
        {
          texture: texture ? texture.includes(id) : preset.texture,
          shape: shape ? shape.includes(id) : preset.shape,
          amount: preset.amount,
        },
      ];
    }),
  ) as Record<RegionId, RegionSwitch>;
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
