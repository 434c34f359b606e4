/** Which face gets which source. */
import { UsageError } from '#engine/errors.ts';
import type { Assignment, PhotoInfo } from '#shared/contract.ts';
import { missingFace } from '../missing-face.ts';
import { chooseFaces, type FaceChoice, type OneFace } from '../options.ts';
import type { SwapOptions } from './options.ts';

/** One source photo and the faces of the target that it goes to. */
export interface Wish {
  readonly source: string;
  readonly sourceFace: OneFace;
  readonly face: FaceChoice;
}

/**
 * The wishes of the command line: one source for the chosen faces, or one for each face that `--assign` names.
 * @throws UsageError when both ways are mixed, or none is there
 */
export function readWishes({ source, face, sourceFace, assign }: SwapOptions): Wish[] {
  if (!assign) {
    if (source === undefined) {
      throw new UsageError('No source was given.', {
        action: 'Name a photo with --source, or one for each face with --assign.',
      });
    }
    return [{ source, sourceFace: sourceFace ?? 'largest', face: face ?? 'largest' }];
  }
  const mixed = Object.entries({ '--source': source, '--face': face, '--source-face': sourceFace })
    .filter(([, value]) => value !== undefined)
    .map(([option]) => option);
  if (mixed.length > 0) {
    throw new UsageError(`--assign cannot be combined with ${mixed.join(' and ')}.`, {
      action: 'Use one of the two ways.',
    });
  }
  const twice = assign.find((row, i) => assign.findIndex((other) => other.face === row.face) !== i);
  if (twice) throw new UsageError(`Face ${twice.face} has two sources.`, { action: 'Give each face one --assign.' });
  return assign.map((row) => ({ source: row.photo, sourceFace: 'largest', face: row.face }));
}

export interface PlannedFace extends Assignment {
  /** As the user named the file. */
  readonly file: string;
}

/**
 * The assignments of the request.
 * @param sources the opened photos by the names in the wishes
 * @throws NoFaceError naming the photo that lacks the face
 */
export function planFaces(
  wishes: readonly Wish[],
  sources: ReadonlyMap<string, PhotoInfo>,
  target: PhotoInfo,
): PlannedFace[] {
  return wishes.flatMap(({ source, sourceFace, face }) => {
    const photo = sources.get(source) as PhotoInfo;
    const [from] = chooseFaces(photo.faces, sourceFace);
    if (!from) throw missingFace(photo, sourceFace);
    const faces = chooseFaces(target.faces, face);
    if (faces.length === 0) throw missingFace(target, face);
    return faces.map(({ index }) => ({ targetFace: index, source: photo.photo, sourceFace: from.index, file: source }));
  });
}
