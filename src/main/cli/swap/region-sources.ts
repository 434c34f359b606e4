/** `--from eyes,brows=ben.jpg`: regions that come from another photo than the others. */
import { InvalidArgumentError } from 'commander';
import type { Assignment, PhotoInfo } from '#shared/contract.ts';
import { missingFace } from '../missing-face.ts';
import { chooseFaces, parseRegions, type RegionShare } from '../options.ts';

export interface RegionsOfPhoto {
  readonly regions: readonly RegionShare[];
  readonly photo: string;
}

/** One more `regions=photo`. */
export function collectRegionsOfPhotos(text: string, before: readonly RegionsOfPhoto[] = []): RegionsOfPhoto[] {
  const [, list = '', photo = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const regions = photo === '' ? [] : parseRegions(list);
  if (regions.length === 0) {
    throw new InvalidArgumentError('It must be regions, "=", and a photo, as in eyes,brows=ben.jpg.');
  }
  const taken = new Set(before.flatMap((row) => row.regions.map(({ id }) => id)));
  for (const { id } of regions) {
    if (taken.has(id)) throw new InvalidArgumentError(`The region ${id} has two photos.`);
    taken.add(id);
  }
  return [...before, { regions, photo }];
}

/**
 * The further sources of each face that is exchanged: the largest face of each photo.
 * @param photos the opened photos by their names
 * @throws NoFaceError naming the photo that lacks a face
 */
export const furtherSources = (
  wanted: readonly RegionsOfPhoto[],
  photos: ReadonlyMap<string, PhotoInfo>,
): NonNullable<Assignment['others']> =>
  wanted.map(({ regions, photo }) => {
    const opened = photos.get(photo) as PhotoInfo;
    const [face] = chooseFaces(opened.faces, 'largest');
    if (!face) throw missingFace(opened, 'largest');
    return { source: opened.photo, sourceFace: face.index, regions: regions.map(({ id }) => id) };
  });
