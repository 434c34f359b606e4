/** Finds the faces of every wanted frame. What was seen of a part is a file; the next process goes on behind it. */
import { access, readFile } from 'node:fs/promises';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { clipFrames } from './clip.ts';
import { chunkFile, type JobFolder } from './job-folder.ts';
import { type PartPlan, partAt, partCount, partsOf } from './parts.ts';
import type { JobRun } from './run.ts';
import { type ClipTracks, describeTracks, readTracks, writeTracks } from './tracks-file.ts';
import { tryAgain } from './try-again.ts';
import { shiftTimeline, type VideoEngine } from './video-engine.ts';

export interface Analysis {
  readonly timeline: FaceTimeline;
  readonly tracks: ClipTracks;
}

/** Parts from the first whose faces are all found. */
export async function analysedParts(folder: JobFolder, plan: PartPlan): Promise<number> {
  for (const { number } of partsOf(plan)) {
    const there = await access(chunkFile(folder, number)).then(
      () => true,
      () => false,
    );
    if (!there) return number;
  }
  return partCount(plan);
}

/**
 * Runs or finishes the analysis.
 * @returns the timeline, frames counted over the whole clip, and its tracks
 * @throws UnexpectedFramesError, InputError, StorageError, CancelledError
 */
export async function analysePhase(run: JobRun): Promise<Analysis> {
  const { folder, manifest, engine, signal, meter, listener } = run;
  const { first, end } = manifest;
  const parts = partsOf(manifest);
  const finished = await analysedParts(folder, manifest);
  meter.begin('analyse', Math.min(finished * manifest.partFrames, end - first), end - first);
  await listener.step({ phase: 'analyse', framesDone: meter.now().framesDone });
  if (finished < parts.length) {
    await makeFolder(folder.analysis);
    await tryAgain(
      () => analysedParts(folder, manifest),
      () => lookAtFrames(run),
    );
  }
  const analysis = await readAnalysis(folder, manifest, engine, signal);
  await listener.step({ analysed: true });
  return analysis;
}

/** The finished analysis of a job; its tracks are written down the first time. @throws InputError, StorageError */
export async function readAnalysis(
  folder: JobFolder,
  manifest: PartPlan,
  engine: VideoEngine,
  signal: AbortSignal,
): Promise<Analysis> {
  const { first, end } = manifest;
  const files = partsOf(manifest).map(({ number }) => chunkFile(folder, number));
  const timeline = shiftTimeline(await engine.timeline(files, signal), first);
  const known = await readTracks(folder);
  const tracks = known ?? describeTracks(timeline, first, end);
  if (!known) await writeTracks(folder, tracks);
  return { timeline, tracks };
}

async function lookAtFrames({
  folder,
  manifest,
  clip,
  engine,
  signal,
  meter,
  listener,
  requireLock,
}: JobRun): Promise<void> {
  const { first, end, partFrames } = manifest;
  let number = await analysedParts(folder, manifest);
  const begin = partAt(manifest, number).first;
  meter.setDone(begin - first);
  await using analysis = await engine.openAnalysis(
    number === 0 ? undefined : await readFile(chunkFile(folder, number - 1)),
  );
  for await (const frame of clipFrames(clip, begin, end, signal)) {
    const { index } = frame;
    await analysis.look({ ...frame, index: index - first }, signal);
    frame.release();
    meter.frame();
    listener.progress();
    if (index + 1 < end && (index + 1 - first) % partFrames !== 0) continue;
    await requireLock();
    await writeFileAtomic(chunkFile(folder, number), analysis.take());
    number += 1;
    await listener.step({ framesDone: index + 1 - first });
  }
}
