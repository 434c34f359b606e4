/**
 * Finds the faces of every frame that is to be looked at. What was seen is kept as records (`face-records.ts`), a file each
 * part; the next process goes on behind it, and other jobs on the clip take it over (`face-store.ts`).
 */
import { access, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { DamagedRecordError } from '#engine/face/tracks/observation-codec.ts';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { findTool } from '#engine/video/ffmpeg.ts';
import { clipFrames } from './clip.ts';
import { codeVersion } from './code-version.ts';
import { coverRange, type FaceGap, listRecords, lookedFrames, recordName } from './face-records.ts';
import type { FaceStore, SeenIn } from './face-store.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import type { JobRun } from './run.ts';
import { type ClipTracks, describeTracks, readFormerTracks, readTracks, writeTracks } from './tracks-file.ts';
import { tryAgain } from './try-again.ts';
import type { VideoEngine } from './video-engine.ts';

export interface Analysis {
  readonly timeline: FaceTimeline;
  readonly tracks: ClipTracks;
}

/** Frames whose faces are found. */
export const analysedFrames = ({ analysis }: JobFolder, { looked }: Pick<Manifest, 'looked'>): Promise<number> =>
  lookedFrames(analysis, looked);

export const lookedCount = ({ looked: { first, end } }: Pick<Manifest, 'looked'>): number => end - first;

/**
 * Takes over what other jobs saw of the clip, once: later the job has records of its own, and goes on behind those.
 * @throws StorageError
 */
export async function takeSeen(
  folder: JobFolder,
  manifest: Manifest,
  engine: VideoEngine,
  store: FaceStore | undefined,
): Promise<void> {
  const begun = await access(folder.analysis).then(
    () => true,
    () => false,
  );
  const seenIn = begun || !store ? undefined : await seenInClip(manifest, engine);
  if (seenIn) await store?.take(seenIn, manifest.looked, folder.analysis);
}

/** The clip with everything that decides what is seen in it; undefined where the engine does not say. */
async function seenInClip({ target, decodedTimes }: Manifest, engine: VideoEngine): Promise<SeenIn | undefined> {
  const seenWith = await engine.seenWith?.();
  if (seenWith === undefined) return undefined;
  const { found } = await findTool('ffmpeg');
  return {
    clip: target.sha256,
    times: decodedTimes ? 'decoded' : 'packets',
    studio: await codeVersion(),
    ffmpeg: found?.version ?? '',
    ...seenWith,
  };
}

/**
 * Runs or finishes the analysis; where a record turns out to be damaged, all frames are looked at again.
 * @returns the timeline, frames counted over the whole clip, and its tracks
 * @throws UnexpectedFramesError, InputError, StorageError, CancelledError
 */
export async function analysePhase(run: JobRun): Promise<Analysis> {
  try {
    return await lookOrGoOn(run);
  } catch (error) {
    if (!(error instanceof DamagedRecordError)) throw error;
    await forgetRecords(run);
    return lookOrGoOn(run);
  }
}

/** The store may hold the same bytes under another name. */
async function forgetRecords({ folder, manifest, engine, faces }: JobRun): Promise<void> {
  const seenIn = faces && (await seenInClip(manifest, engine));
  if (seenIn) await faces?.forget(seenIn);
  await rm(folder.analysis, { recursive: true, force: true });
}

async function lookOrGoOn(run: JobRun): Promise<Analysis> {
  const { folder, manifest, engine, signal, meter, listener } = run;
  await takeSeen(folder, manifest, engine, run.faces);
  const total = lookedCount(manifest);
  const finished = await analysedFrames(folder, manifest);
  meter.begin('analyse', finished, total);
  await listener.step({ phase: 'analyse', framesDone: finished });
  if (finished < total) {
    await makeFolder(folder.analysis);
    await tryAgain(
      () => analysedFrames(folder, manifest),
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
  manifest: Pick<Manifest, 'looked' | 'first' | 'end'>,
  engine: VideoEngine,
  signal: AbortSignal,
): Promise<Analysis> {
  const { pieces } = coverRange(await listRecords(folder.analysis), manifest.looked);
  const timeline = await engine.timeline(pieces, signal);
  const known = await readTracks(folder);
  if (known) return { timeline, tracks: known };
  const tracks = describeTracks(timeline, manifest.looked, manifest, await readFormerTracks(folder));
  await writeTracks(folder, tracks);
  await rm(folder.formerTracks, { force: true });
  return { timeline, tracks };
}

async function lookAtFrames(run: JobRun): Promise<void> {
  const { folder, manifest, engine, meter } = run;
  const { gaps } = coverRange(await listRecords(folder.analysis), manifest.looked);
  meter.setDone(await analysedFrames(folder, manifest));
  const seenIn = run.faces && (await seenInClip(manifest, engine));
  const keep = async (file: string): Promise<void> => {
    if (seenIn) await run.faces?.give(seenIn, file);
  };
  for (const gap of gaps) await lookAtGap(run, gap, keep);
}

async function lookAtGap(
  { folder, manifest, clip, engine, signal, meter, listener, requireLock }: JobRun,
  { first, end, behind }: FaceGap,
  keep: (file: string) => Promise<void>,
): Promise<void> {
  const run = behind?.run ?? first;
  let begin = first;
  await using analysis = await engine.openAnalysis(first, behind && (await readFile(behind.file)));
  for await (const frame of clipFrames(clip, first, end, signal)) {
    await analysis.look(frame, signal);
    frame.release();
    meter.frame();
    listener.progress();
    const next = frame.index + 1;
    if (next < end && (next - first) % manifest.partFrames !== 0) continue;
    await requireLock();
    const file = path.join(folder.analysis, recordName({ run, first: begin, end: next }));
    await writeFileAtomic(file, analysis.take());
    await keep(file);
    begin = next;
    await listener.step({ framesDone: meter.now().framesDone });
  }
}
