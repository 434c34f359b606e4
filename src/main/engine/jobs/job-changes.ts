/** Changes of a job that nobody works on: new settings, or everything anew. */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder } from '#engine/files/folder.ts';
import { frameSeconds } from '#engine/video/frame-times.ts';
import { openVideo } from '#engine/video/open-video.ts';
import type { Trim } from '#shared/jobs.ts';
import { lookedCount } from './analyse-phase.ts';
import { removeAnalysis } from './clean-up.ts';
import { identifyFile } from './file-identity.ts';
import { folderBytes } from './free-space.ts';
import type { JobFolder } from './job-folder.ts';
import { openClip } from './job-runner.ts';
import type { JobChange } from './jobs.ts';
import { checkSettings, copySources, describeClip, forecastInput } from './make-job.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { partSecondsOf } from './parts.ts';
import { removeSegments } from './segments.ts';
import { madeWith } from './start-checks.ts';
import { INITIAL_STATE, type StoredState, writeState } from './state.ts';
import { joinSpans, wantedFrames } from './trim.ts';
import type { VideoEngine } from './video-engine.ts';

/**
 * Takes new settings on. Frames that were swapped with others are thrown away; what was seen of the faces stays.
 * @throws UsageError, InputError, NoFaceError, StorageError; then nothing changed
 */
export async function changeJob(
  folder: JobFolder,
  manifest: Manifest,
  state: StoredState,
  engine: VideoEngine,
  { sources, trim = manifest.trim, ...change }: JobChange,
): Promise<void> {
  for (const { path: photo, name, face, box } of sources ?? []) {
    await engine.requireFace({ path: photo, name, face, box });
  }
  const settings = await checkSettings(
    { ...manifest.settings, ...change },
    manifest.target.path,
    (sources ?? []).map((source) => ({ path: source.path })),
  );
  const wanted = await wantedOf(manifest, trim, settings);
  const range = { first: wanted.first, end: wanted.end };
  const looked = joinSpans(range, manifest.looked, manifest.clip.frames);
  const changed: Manifest = {
    ...manifest,
    ...wanted,
    looked,
    trim,
    settings,
    sources: sources === undefined ? manifest.sources : await copySources(folder, sources),
  };
  const sameFrames = isDeepStrictEqual(looked, manifest.looked);
  const sameWork =
    isDeepStrictEqual(range, { first: manifest.first, end: manifest.end }) &&
    isDeepStrictEqual({ ...settings, out: undefined }, { ...manifest.settings, out: undefined }) &&
    isDeepStrictEqual(changed.sources, manifest.sources);
  if (!sameWork) await removeSegments(folder);
  // More frames may bring more people and other numbers: these say who was who.
  if (!sameFrames && state.analysed) await rename(folder.tracks, folder.formerTracks);
  await writeManifest(folder, changed);
  if (sameWork && state.state !== 'done') return;
  await removeResult(folder, state);
  await writeState(folder, {
    ...INITIAL_STATE,
    ...(sameFrames && state.analysed ? afterAnalysis(changed) : {}),
    state: 'paused',
    changed: new Date().toISOString(),
  });
}

/** Where a job stands whose faces are found: a draft stays one until it is started. */
export const afterAnalysis = (manifest: Manifest): Pick<StoredState, 'analysed' | 'phase' | 'framesDone'> =>
  manifest.stopAfter === undefined
    ? { analysed: true, phase: 'swap', framesDone: 0 }
    : { analysed: true, phase: 'analyse', framesDone: lookedCount(manifest) };

/** The wanted frames, how long they are together, and the room that they need. */
async function wantedOf(
  manifest: Manifest,
  trim: Trim,
  settings: Manifest['settings'],
): Promise<Pick<Manifest, 'first' | 'end' | 'clip' | 'forecastBytes'>> {
  const { first, end, clip, forecastBytes } = manifest;
  const { maxFrames } = settings.video;
  if (maxFrames === manifest.settings.video.maxFrames && isDeepStrictEqual(trim, manifest.trim))
    return { first, end, clip, forecastBytes };
  const { info, times } = await openClip(manifest);
  const range = wantedFrames(times, info.startSeconds, trim, maxFrames);
  const seconds = frameSeconds(times, range.end) - frameSeconds(times, range.first);
  const now = { ...range, clip: { ...clip, seconds } };
  return { ...now, forecastBytes: folderBytes(forecastInput(now, settings, info)) };
}

/**
 * Reads the target anew and forgets everything that was finished.
 * @throws InputError, UsageError, MissingPackError, StorageError
 */
export async function startAnew(folder: JobFolder, manifest: Manifest, state: StoredState, engine: VideoEngine) {
  const { target, trim, settings } = manifest;
  const clip = await openVideo(target.path, { file: target.name });
  const identity = { path: target.path, name: target.name, ...(await identifyFile(target.path, target.name)) };
  const identityOfEngine = await madeWith(engine, settings.swap);
  await removeSegments(folder);
  await removeAnalysis(folder);
  // Whatever made it fail must not be taken over from another job: an empty folder is a beginning.
  if (state.state === 'failed') await makeFolder(folder.analysis);
  await rm(folder.tuning, { recursive: true, force: true });
  await Promise.all([folder.tracks, folder.frames].map((file) => rm(file, { force: true })));
  await removeResult(folder, state);
  const partSeconds = engine.partSeconds ?? partSecondsOf(identityOfEngine['engine']);
  const anew = {
    ...manifest,
    ...describeClip(clip, identity, trim, settings, partSeconds, manifest.looked),
    decodedTimes: false,
  };
  await writeManifest(folder, { ...anew, madeWith: identityOfEngine });
  await writeState(folder, { ...INITIAL_STATE, changed: new Date().toISOString() });
}

/** A result inside the job's folder belongs to the job; one that was saved elsewhere to its user. */
async function removeResult({ root }: JobFolder, { result }: StoredState): Promise<void> {
  if (result !== undefined && path.dirname(result) === root) await rm(result, { recursive: true, force: true });
}
