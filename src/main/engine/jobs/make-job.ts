/** Makes a job's folder from a request: everything that can be refused is refused before it exists. */
import { copyFile, lstat, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled, UsageError } from '#engine/errors.ts';
import { assertWritable, codeOf, isSameFile, toStorageError } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { containerFor } from '#engine/video/containers-out.ts';
import { requireEncoder } from '#engine/video/encoders.ts';
import { type FrameTimes, frameSeconds } from '#engine/video/frame-times.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { openToolbox } from '#engine/video/toolbox.ts';
import type { VideoInfo } from '#engine/video/video-info.ts';
import type { FrameSpan } from '#shared/jobs.ts';
import { copySource, identifyFile } from './file-identity.ts';
import { folderBytes, requireRoom, roomFor } from './free-space.ts';
import { type JobFolder, jobFolder, newJobId, UNFINISHED } from './job-folder.ts';
import type { JobRequest, JobSettings, JobSource } from './jobs.ts';
import { JOB_VERSION, type Manifest, type ManifestSource, writeManifest } from './manifest.ts';
import { partFramesAt, partSecondsOf } from './parts.ts';
import { partEncoder } from './segments.ts';
import { madeWith } from './start-checks.ts';
import { INITIAL_STATE, makeReserve, writeState } from './state.ts';
import { joinSpans, wantedFrames } from './trim.ts';
import type { VideoEngine } from './video-engine.ts';

/** What the manifest says of the clip and the wanted frames. */
type ClipPart = Pick<
  Manifest,
  'target' | 'clip' | 'trim' | 'first' | 'end' | 'looked' | 'partFrames' | 'notices' | 'forecastBytes'
>;

/**
 * @throws UsageError, InputError, NoFaceError, MissingPackError, StorageError, CancelledError; no folder is left then
 */
export async function makeJob(
  jobs: string,
  engine: VideoEngine,
  request: JobRequest,
  signal?: AbortSignal,
): Promise<JobFolder> {
  const { target, trim = {}, sources, stopAfter, looked, formerly } = request;
  if (sources.length === 0 && stopAfter === undefined) {
    throw new UsageError('No source was chosen.', { action: 'Give a face of the clip the face of a photo.' });
  }
  const clip = await openVideo(target.path, { file: target.name, signal });
  const settings = await checkSettings(request, target.path, sources);
  const identity = await madeWith(engine, settings.swap);
  for (const { path: photo, name, face, box } of sources) {
    await engine.requireFace({ path: photo, name, face, box }, signal);
  }
  const file = {
    path: path.resolve(target.path),
    name: target.name,
    ...(await identifyFile(target.path, target.name, signal)),
  };
  const partSeconds = engine.partSeconds ?? partSecondsOf(identity['engine']);
  const part = describeClip(clip, file, trim, settings, partSeconds, looked);
  await makeFolder(jobs).catch((error: unknown) => {
    throw toStorageError(error, jobs);
  });
  await requireRoom(roomFor(forecastInput(part, settings, clip.info), jobs, settings.out));
  throwIfCancelled(signal);

  const now = new Date();
  const id = newJobId(now.getTime(), Math.random());
  const final = jobFolder(jobs, id);
  const making = { ...jobFolder(jobs, id), ...unfinished(jobs, id) };
  await removeAbandonedJobs(jobs);
  try {
    await makeFolder(making.root);
    await writeManifest(making, {
      version: JOB_VERSION,
      id,
      created: now.toISOString(),
      ...part,
      decodedTimes: false,
      ...(stopAfter === undefined ? {} : { stopAfter }),
      sources: await copySources(making, sources),
      settings,
      madeWith: identity,
    });
    if (formerly !== undefined) await copyTracks(jobFolder(jobs, formerly), making);
    await makeReserve(making);
    await writeState(making, { ...INITIAL_STATE, changed: now.toISOString() });
    await rename(making.root, final.root);
  } catch (error) {
    await rm(making.root, { recursive: true, force: true });
    throw error instanceof Error && 'code' in error ? toStorageError(error, making.root) : error;
  }
  return final;
}

const unfinished = (jobs: string, id: string) => {
  const root = path.join(jobs, `${id}${UNFINISHED}`);
  return {
    root,
    manifest: path.join(root, 'manifest.json'),
    state: path.join(root, 'state.json'),
    reserve: path.join(root, 'reserve'),
    sources: path.join(root, 'sources'),
    formerTracks: path.join(root, 'former-tracks.json'),
  };
};

/** What the tracks of another job were called; one that is gone or never found any says nothing. */
const copyTracks = (from: JobFolder, to: JobFolder): Promise<void> =>
  copyFile(from.tracks, to.formerTracks).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });

/** Making a job takes seconds. */
const ABANDONED_MS = 10 * 60_000;

/** Removes what processes left that were killed while they made or removed a job. */
export async function removeAbandonedJobs(jobs: string): Promise<void> {
  for (const name of (await readdir(jobs).catch(() => [])).filter((entry) => entry.endsWith(UNFINISHED))) {
    const folder = path.join(jobs, name);
    const info = await stat(folder).catch(() => undefined);
    if (info && Date.now() - info.mtimeMs > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Settings that can be carried out, `out` absolute.
 * @throws UsageError, StorageError
 */
export async function checkSettings(
  { swap, video, encoder, output, container, out }: JobSettings,
  target: string,
  sources: readonly Pick<JobSource, 'path'>[],
): Promise<Manifest['settings']> {
  const settings = { swap, video, encoder, output, ...(container === undefined ? {} : { container }) };
  const { encoders } = await openToolbox();
  requireEncoder(partEncoder({ settings }), encoders);
  if (output === 'video' && container !== undefined) containerFor(`result.${container}`, encoder.codec);
  if (out === undefined) return settings;
  if (output === 'video') containerFor(out, encoder.codec);
  for (const input of [target, ...sources.map((source) => source.path)]) {
    if (!(await isSameFile(out, input))) continue;
    throw new UsageError('This is one of the files that go in; they are never overwritten.', {
      file: out,
      action: 'Choose another name for the result.',
    });
  }
  if (output === 'pictures' && (await lstat(out).catch(() => undefined))) {
    throw new UsageError('Something of this name exists.', { file: out, action: 'Choose a new name for the folder.' });
  }
  await assertWritable(out);
  return { ...settings, out: path.resolve(out) };
}

/** @param looked further frames to look at. @throws UsageError when no frame is wanted */
export function describeClip(
  { info, times }: OpenedVideo,
  target: Manifest['target'],
  trim: Manifest['trim'],
  settings: Manifest['settings'],
  partSeconds: number,
  looked?: FrameSpan,
): ClipPart {
  const { first, end } = wantedFrames(times, info.startSeconds, trim, settings.video.maxFrames);
  const { width, height, averageRate: rate = meanRate(times) } = info.video;
  const seconds = frameSeconds(times, end) - frameSeconds(times, first);
  const clip = { width, height, frames: times.pts.length, timeBase: times.timeBase, rate, seconds };
  const part = {
    target,
    clip,
    trim,
    first,
    end,
    looked: joinSpans({ first, end }, looked, times.pts.length),
    partFrames: partFramesAt(rate, partSeconds),
    notices: [...info.notices],
  };
  return { ...part, forecastBytes: folderBytes(forecastInput(part, settings, info)) };
}

const meanRate = (times: FrameTimes): Manifest['clip']['rate'] => {
  const seconds = frameSeconds(times, times.pts.length) - frameSeconds(times, 0);
  return { num: Math.max(1, Math.round((times.pts.length / Math.max(seconds, 0.001)) * 1000)), den: 1000 };
};

export const forecastInput = (
  { clip, first, end }: Pick<Manifest, 'clip' | 'first' | 'end'>,
  { encoder, output }: Pick<Manifest['settings'], 'encoder' | 'output'>,
  { audio }: Pick<VideoInfo, 'audio'>,
) => ({
  ...{ width: clip.width, height: clip.height, seconds: clip.seconds },
  ...{ frames: end - first, encoder, output, audioTracks: audio.length },
});

/** Copies the photos into the job's folder. @throws InputError, StorageError */
export async function copySources(folder: JobFolder, sources: readonly JobSource[]): Promise<ManifestSource[]> {
  const copied: ManifestSource[] = [];
  for (const { path: photo, name, face, box, goal } of sources) {
    const copy = await copySource(folder, photo, name);
    copied.push({ ...copy, name, face, ...(box === undefined ? {} : { box: [...box] as const }), goal });
  }
  return copied;
}
