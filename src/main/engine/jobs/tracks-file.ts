/** The tracks of an analysed clip as a small file: lists and assignments are made from it without loading the faces. */
import { z } from 'zod';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { type FrameRange, frameRangeSchema } from '#shared/jobs.ts';
import { addFrame } from './frame-states.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

const storedTrackSchema = z.strictObject({
  id: z.int(),
  firstFrame: z.int(),
  lastFrame: z.int(),
  frames: z.int(),
  bestFrame: z.int(),
  /** Where it is seen: `pending` where it can be exchanged, else the reason why not. */
  ranges: z.array(frameRangeSchema),
});
export type StoredTrack = z.infer<typeof storedTrackSchema>;

const clipTracksSchema = z.strictObject({
  tracks: z.array(storedTrackSchema),
  /** The track whose faces cover most pixels over all frames. */
  largest: z.int().nullable(),
  /** Tracks of the faces of the first wanted frame, largest face first. */
  firstFrame: z.array(z.int()),
});
export type ClipTracks = z.infer<typeof clipTracksSchema>;

const areaOf = ({ face }: ReturnType<FaceTimeline['facesAt']>[number]): number => face.box[2] * face.box[3];

/** @param timeline frames counted over the whole clip */
export function describeTracks(timeline: FaceTimeline, first: number, end: number): ClipTracks {
  const ranges = new Map<number, FrameRange[]>();
  const covered = new Map<number, number>();
  for (let frame = first; frame < end; frame++) {
    for (const tracked of timeline.facesAt(frame)) {
      const { track, skip } = tracked;
      const list = ranges.get(track) ?? [];
      ranges.set(track, list);
      addFrame(list, frame, skip ?? 'pending');
      covered.set(track, (covered.get(track) ?? 0) + areaOf(tracked));
    }
  }
  const [largest] = [...covered].sort(([a, many], [b, more]) => more - many || a - b);
  return {
    tracks: timeline.tracks.map(({ id, firstFrame, lastFrame, frames, bestFrame }) => ({
      ...{ id, firstFrame, lastFrame, frames, bestFrame },
      ranges: ranges.get(id) ?? [],
    })),
    largest: largest?.[0] ?? null,
    firstFrame: [...timeline.facesAt(first)].sort((a, b) => areaOf(b) - areaOf(a)).map(({ track }) => track),
  };
}

/** @throws StorageError */
export const writeTracks = (folder: JobFolder, tracks: ClipTracks): Promise<void> => writeJson(folder.tracks, tracks);

/** Undefined before the analysis is finished. @throws InputError */
export const readTracks = (folder: JobFolder): Promise<ClipTracks | undefined> =>
  readJson(folder.tracks, clipTracksSchema);
