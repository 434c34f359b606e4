/** Which track gets which source, once the tracks are known. Pure. */
import { NoFaceError, UsageError } from '#engine/errors.ts';
import type { SourceGoal } from '#shared/jobs.ts';
import type { ClipTracks } from './tracks-file.ts';

export interface Goal {
  readonly goal: SourceGoal;
}

/**
 * Numbers of sources by track. A later source takes a track from an earlier one.
 * @param target the clip as the user knows it, for messages
 * @throws NoFaceError for a face that the first frame does not have, UsageError for a track that the clip does not have
 */
export function assignSources(sources: readonly Goal[], clip: ClipTracks, target: string): Map<number, number> {
  const assigned = new Map<number, number>();
  sources.forEach(({ goal }, source) => {
    for (const track of tracksOf(goal, clip, target)) assigned.set(track, source);
  });
  return assigned;
}

function tracksOf(goal: SourceGoal, { tracks, largest, firstFrame }: ClipTracks, target: string): readonly number[] {
  if (goal === 'all') return tracks.map(({ id }) => id);
  if (goal === 'largest') return largest === null ? [] : [largest];
  if ('track' in goal) {
    if (goal.track < tracks.length) return [goal.track];
    throw new UsageError(`There is no track ${goal.track}; the clip has ${tracks.length}, counted from 0.`, {
      file: target,
    });
  }
  const track = firstFrame[goal.firstFrameFace];
  if (track !== undefined) return [track];
  throw new NoFaceError(
    `There is no face ${goal.firstFrameFace} in the first frame; it has ${firstFrame.length}, counted from 0.`,
    { file: target, action: 'Choose another face, or another start.' },
  );
}
