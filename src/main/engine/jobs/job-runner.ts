/** Takes one job from wherever it stopped to its end. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { InputError, UsageError } from '#engine/errors.ts';
import { readFrameTimes } from '#engine/video/frame-times.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { START_OVER } from './advice.ts';
import { type Analysis, analysedFrames, analysePhase } from './analyse-phase.ts';
import { assignSources } from './assignment.ts';
import { UnexpectedFramesError } from './clip.ts';
import type { FaceStore } from './face-store.ts';
import { checkInputs } from './file-identity.ts';
import { finishPhase } from './finish-phase.ts';
import type { JobFolder } from './job-folder.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { removeTracesOfJob } from './place-result.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { JobRun, RunListener } from './run.ts';
import { removeSegments } from './segments.ts';
import { madeWith, requireSame } from './start-checks.ts';
import { swapPhase } from './swap-phase.ts';
import { wantedFrames } from './trim.ts';
import { tunePhase } from './tune-phase.ts';
import type { PhotoFace, SwapperRequest, VideoEngine } from './video-engine.ts';

export interface RunnerOptions {
  readonly folder: JobFolder;
  readonly manifest: Manifest;
  readonly engine: VideoEngine;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
  readonly listener: RunListener;
  readonly faces?: FaceStore | undefined;
  requireLock(): Promise<void>;
  /** Nothing was done yet, and the inputs were read a moment ago. */
  readonly fresh: boolean;
  /** Where an earlier run was about to put the result. */
  readonly placing: string | undefined;
}

/** `analysed`: it stops there because it was asked to; `result`: where the finished result lies. */
export type RunOutcome = { readonly kind: 'analysed' } | { readonly kind: 'done'; readonly result: string };

/**
 * Runs the phases that are not finished.
 * @throws InputError or UsageError when inputs, models or programs are not what the finished parts were made with;
 * StorageError, NoFaceError, MissingPackError, CancelledError
 */
export async function runJob(options: RunnerOptions): Promise<RunOutcome> {
  const { folder, manifest, fresh, signal } = options;
  await removeTracesOfJob(folder);
  await checkInputs(folder, manifest, fresh, signal);
  try {
    return await runPhases(options);
  } catch (error) {
    // That the video was changed or taken away meanwhile says more than what came of it.
    if (error instanceof InputError) await checkInputs(folder, manifest, true, signal);
    throw error;
  }
}

async function runPhases(options: RunnerOptions): Promise<RunOutcome> {
  const { folder, engine, signal, listener } = options;
  let manifest = await renewIdentity(options);
  let clip = await openClip(manifest, signal);
  const run = (): JobRun => ({ ...options, manifest, clip });

  let analysis: Analysis;
  try {
    analysis = await analysePhase(run());
  } catch (error) {
    if (!(error instanceof UnexpectedFramesError) || manifest.decodedTimes) throw asInputError(error, manifest);
    // Packets lied about the frames: what can be decoded is what counts.
    manifest = await countDecodedFrames(folder, manifest, clip, signal);
    clip = await openClip(manifest, signal);
    analysis = await analysePhase(run());
  }
  if (manifest.stopAfter === 'analyse') return { kind: 'analysed' };

  const { timeline } = analysis;
  if (timeline.tracks.length === 0) await listener.step({ notices: ['No face was found in the clip.'] });
  const request = (): SwapperRequest => swapperRequest(folder, manifest, analysis);
  const tuned = await tunePhase(run(), timeline, request()).catch((error: unknown) => {
    throw asInputError(error, manifest);
  });
  const openSwapper = () => engine.openSwapper({ ...request(), tuned, clip: manifest.clip });
  await swapPhase(run(), timeline, openSwapper).catch((error: unknown) => {
    throw asInputError(error, manifest);
  });
  // Frames that were read from a video that changed meanwhile make no result.
  await checkInputs(folder, manifest, true, signal);
  return { kind: 'done', result: await finishPhase(run(), options.placing) };
}

/** What the engine swaps with, once the tracks are known. @throws NoFaceError, UsageError */
export function swapperRequest(folder: JobFolder, manifest: Manifest, { timeline, tracks }: Analysis): SwapperRequest {
  const { sources, target, settings } = manifest;
  const assigned = assignSources(sources, tracks, target.name);
  const photos = sources.map(
    ({ file, name, face, box }): PhotoFace => ({ path: path.join(folder.sources, file), name, face, box }),
  );
  return {
    swap: settings.swap,
    video: settings.video,
    sources: new Map([...assigned].map(([track, source]) => [track, photos[source]!])),
    timeline,
  };
}

/** Before the first part is finished, a job may begin with other versions than it was made with. */
async function renewIdentity({ folder, manifest, engine }: RunnerOptions): Promise<Manifest> {
  const now = await madeWith(engine, manifest.settings.swap);
  const begun = (await analysedFrames(folder, manifest)) > 0 || (await hasSegments(folder));
  if (begun) {
    requireSame(manifest, now);
    return manifest;
  }
  const renewed = { ...manifest, madeWith: now };
  await writeManifest(folder, renewed);
  return renewed;
}

const hasSegments = async ({ segments }: JobFolder): Promise<boolean> =>
  (await readdir(segments).catch(() => [])).length > 0;

/** @throws InputError */
export async function openClip(
  { target, decodedTimes, clip }: Pick<Manifest, 'target' | 'decodedTimes' | 'clip'>,
  signal?: AbortSignal,
): Promise<OpenedVideo> {
  const opened = await openVideo(target.path, { file: target.name, signal });
  const exact = decodedTimes
    ? { ...opened, times: await readFrameTimes(opened.info, { signal, decode: true }) }
    : opened;
  if (exact.times.pts.length !== clip.frames) {
    throw new InputError('The video has another number of frames than when the job was made.', {
      file: target.name,
      action: START_OVER,
    });
  }
  return exact;
}

async function countDecodedFrames(
  folder: JobFolder,
  manifest: Manifest,
  { info }: OpenedVideo,
  signal: AbortSignal,
): Promise<Manifest> {
  const times = await readFrameTimes(info, { signal, decode: true });
  const { first, end } = wantedFrames(times, info.startSeconds, manifest.trim, manifest.settings.video.maxFrames);
  const counted: Manifest = {
    ...manifest,
    first,
    end,
    looked: {
      first: Math.min(manifest.looked.first, first),
      end: Math.max(end, Math.min(manifest.looked.end, times.pts.length)),
    },
    decodedTimes: true,
    clip: { ...manifest.clip, frames: times.pts.length },
    notices: [...manifest.notices, `${times.pts.length} frames of this file can be decoded.`],
  };
  await rm(folder.analysis, { recursive: true, force: true });
  await removeSegments(folder);
  await writeManifest(folder, counted);
  return counted;
}

/** A clip that decodes differently every time cannot be worked on. */
function asInputError(error: unknown, { target }: Manifest): unknown {
  if (!(error instanceof UnexpectedFramesError)) return error;
  return new InputError('The frames of this video cannot be decoded reliably.', {
    file: target.name,
    action: 'Convert it to another format and try again.',
    cause: error,
  });
}

/** Settings that cannot be met are found out before the work. @throws UsageError */
export function requireSources(manifest: Pick<Manifest, 'sources' | 'stopAfter'>): void {
  if (manifest.sources.length > 0 || manifest.stopAfter === 'analyse') return;
  throw new UsageError('No source was chosen.', { action: 'Give a track the face of a photo.' });
}
