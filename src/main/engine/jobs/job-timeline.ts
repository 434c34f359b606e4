/** Tracks and frames of a job with what became of them. */
import { NoFaceError, UsageError } from '#engine/errors.ts';
import type { FrameRange, FrameSpan, JobTimeline, JobTrack } from '#shared/jobs.ts';
import { assignSources } from './assignment.ts';
import { fillPending, joinRanges } from './frame-states.ts';
import { readFrames } from './frames-file.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import { finishedParts } from './segments.ts';
import { type ClipTracks, readTracks, type StoredTrack } from './tracks-file.ts';

/** @throws InputError when the files are damaged */
export async function jobTimeline(folder: JobFolder, manifest: Manifest): Promise<JobTimeline> {
  const { first, end } = manifest;
  const [tracks, kept, reports] = await Promise.all([
    readTracks(folder),
    readFrames(folder),
    finishedParts(folder, manifest),
  ]);
  const ranges = kept.length > 0 ? [...kept] : joinRanges(reports.map((report) => report.ranges));
  // Until it is started its range may change: then all that was seen is wanted.
  const shown = manifest.stopAfter === undefined ? { first, end } : manifest.looked;
  // Parts are finished in order.
  const frontier = (ranges.at(-1)?.to ?? shown.first - 1) + 1;
  const sources = tracks ? assignmentsOf(manifest, tracks) : new Map<number, number>();
  return {
    first,
    end,
    looked: manifest.looked,
    tracks: (tracks?.tracks ?? []).map((track) => describeTrack(within(track, shown), sources.get(track.id), frontier)),
    ranges: fillPending(ranges, first, end),
  };
}

/** Goals that the clip cannot meet are told when the job runs; until then nothing is assigned. */
function assignmentsOf({ sources, target }: Manifest, tracks: ClipTracks): Map<number, number> {
  try {
    return assignSources(sources, tracks, target.name);
  } catch (error) {
    if (error instanceof NoFaceError || error instanceof UsageError) return new Map();
    throw error;
  }
}

/** The part of a track that lies in these frames. */
const within = (track: StoredTrack, { first, end }: FrameSpan): StoredTrack => ({
  ...track,
  ranges: track.ranges
    .map(({ from, to, state }) => ({ from: Math.max(from, first), to: Math.min(to, end - 1), state }))
    .filter(({ from, to }) => from <= to),
});

/** @param frontier the first frame that is not finished */
function describeTrack(track: StoredTrack, source: number | undefined, frontier: number): JobTrack {
  const ranges = track.ranges.flatMap((range): FrameRange[] => {
    if (range.state !== 'pending') return [range];
    if (source === undefined) return [{ ...range, state: 'unassigned' }];
    const done: FrameRange = { from: range.from, to: Math.min(range.to, frontier - 1), state: 'swapped' };
    const rest: FrameRange = { from: Math.max(range.from, frontier), to: range.to, state: 'pending' };
    return [done, rest].filter(({ from, to }) => from <= to);
  });
  const { bestBox: _place, ...told } = track;
  return { ...told, source: source ?? null, ranges };
}
