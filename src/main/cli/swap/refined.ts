/** `--refined` and `--refined-from`: style vectors that were refined before, for the faces of this swap. */
import { InputError } from '#engine/errors.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { RefinedIdentity } from '#engine/pipeline/refined-face.ts';
import type { Assignment, PhotoId } from '#shared/contract.ts';
import { REFINE_SIDES } from '#shared/contract-refine.ts';

/** One more file. */
export const collectFiles = (file: string, before: readonly string[] = []): string[] => [...before, file];

export interface RefinedFaces {
  readonly target: PhotoId;
  readonly assignments: readonly Assignment[];
  readonly crop: boolean;
}

/**
 * Hands the vectors of these files to the studio.
 * @throws InputError for a file that is damaged, or that belongs to none of the faces, with the reason
 */
export async function giveRefined(
  studio: Pick<PhotoStudio, 'identify' | 'giveVectors'>,
  files: readonly string[],
  { target, assignments, crop }: RefinedFaces,
): Promise<void> {
  if (files.length === 0) return;
  const { misfit, readRefined, refinedId } = await import('#engine/pipeline/refined-face.ts');
  const wanted: RefinedIdentity[] = [];
  for (const { targetFace, source, sourceFace, others = [] } of assignments)
    for (const from of [{ source, sourceFace }, ...others])
      for (const side of REFINE_SIDES) {
        const pair = { target, targetFace, source: from.source, sourceFace: from.sourceFace, crop };
        wanted.push(await studio.identify(pair, side));
      }
  for (const file of files) {
    const face = await readRefined(file);
    if (!wanted.some((identity) => refinedId(identity) === refinedId(face.identity))) {
      const ofSide = wanted.filter(({ side }) => side === face.identity.side);
      throw new InputError('These refined vectors belong to no face of this swap.', {
        file,
        action: [...new Set(ofSide.map((identity) => misfit(face.identity, identity)))].join(' '),
      });
    }
    studio.giveVectors(face);
  }
}
