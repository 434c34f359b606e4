/** The tracks of an analysed clip as a small file: lists and assignments are made from it without loading the faces. */
import { z } from 'zod';
import { faceAt } from '#engine/face/same-face.ts';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { type FrameRange, type FrameSpan, faceBoxSchema, frameRangeSchema } from '#shared/jobs.ts';
import { addFrame } from './frame-states.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

const storedTrackSchema = z.strictObject({
  id: z.int(),
  firstFrame: z.int(),
  lastFrame: z.int(),
  frames: z.int(),
  bestFrame: z.int(),
  /** Where it lies in the best frame: x, y, width, height in pixels. */
  bestBox: faceBoxSchema.optional(),
  /** Numbers that it had when fewer frames were looked at. */
  formerly: z.array(z.int()).optional(),
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

/**
 * @param timeline of the frames that were looked at, counted over the whole clip
 * @param wanted the frames by which the largest person and the faces of the first frame are told
 * @param former tracks of an earlier look at some of these frames
 */
export function describeTracks(
  timeline: FaceTimeline,
  looked: FrameSpan,
  { first, end }: FrameSpan,
  former?: ClipTracks,
): ClipTracks {
  const ranges = new Map<number, FrameRange[]>();
  const covered = new Map<number, number>();
  for (let frame = looked.first; frame < looked.end; frame++) {
    for (const tracked of timeline.facesAt(frame)) {
      const { track, skip } = tracked;
      const list = ranges.get(track) ?? [];
      ranges.set(track, list);
      addFrame(list, frame, skip ?? 'pending');
      if (frame >= first && frame < end) covered.set(track, (covered.get(track) ?? 0) + areaOf(tracked));
    }
  }
  const [largest] = [...covered].sort(([a, many], [b, more]) => more - many || a - b);
  const known = former ? formerNumbers(timeline, former) : undefined;
  return {
    tracks: timeline.tracks.map(({ id, firstFrame, lastFrame, frames, bestFrame }) => {
      const best = timeline.facesAt(bestFrame).find(({ track }) => track === id);
      return {
        ...{ id, firstFrame, lastFrame, frames, bestFrame },
        ...(best ? { bestBox: [...best.face.box] as const } : {}),
        ...(known ? { formerly: known.get(id) ?? [] } : {}),
        ranges: ranges.get(id) ?? [],
      };
    }),
    largest: largest?.[0] ?? null,
    firstFrame: [...timeline.facesAt(first)].sort((a, b) => areaOf(b) - areaOf(a)).map(({ track }) => track),
  };
}

/** By track, those that showed the same person: the face that lies where the earlier one did in its best frame. */
function formerNumbers(timeline: FaceTimeline, former: ClipTracks): Map<number, number[]> {
  const numbers = new Map<number, number[]>();
  for (const { id, bestFrame, bestBox } of former.tracks) {
    if (bestBox === undefined) continue;
    const faces = timeline.facesAt(bestFrame).map(({ track, face: { box } }) => ({ track, box }));
    const same = faceAt(faces, bestBox);
    if (same) numbers.set(same.track, [...(numbers.get(same.track) ?? []), id]);
  }
  return numbers;
}

/** @throws StorageError */
export const writeTracks = (folder: JobFolder, tracks: ClipTracks): Promise<void> => writeJson(folder.tracks, tracks);

/** Undefined before the analysis is finished. @throws InputError */
export const readTracks = (folder: JobFolder): Promise<ClipTracks | undefined> =>
  readJson(folder.tracks, clipTracksSchema);

/** @throws InputError */
export const readFormerTracks = (folder: JobFolder): Promise<ClipTracks | undefined> =>
  readJson(folder.formerTracks, clipTracksSchema);
