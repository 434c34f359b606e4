/**
 * Tunes the generator on the people of the clip, where that is asked for and the engine can: prepares every face once,
 * then tunes in the job's own folder, which keeps the tuned weights until the job goes.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { throwIfCancelled } from '#engine/errors.ts';
import type { FaceTimeline, TrackedFace } from '#engine/face/tracks/timeline.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { FrameFiles } from '#engine/tuning/frame-files.ts';
import { keyFrameCount } from '#engine/tuning/key-frames.ts';
import type { TuningEvent, TuningSettings } from '#engine/tuning/tuning-job.ts';
import { clipFrames } from './clip.ts';
import { requireRoom } from './free-space.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';
import type { Manifest } from './manifest.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { JobRun } from './run.ts';
import { isTuned } from './tuned.ts';
import type { JobTuning, SwapperRequest } from './video-engine.ts';

/** What a tuning was made of; another one begins anew. */
const tuningSchema = z.strictObject({ of: z.string(), frames: z.int().min(0), done: z.boolean() });

/** A face of a frame that tuning learns from. */
interface Lesson {
  readonly frame: number;
  readonly face: TrackedFace;
}

const places = ({ tuning }: JobFolder) => ({
  about: path.join(tuning, 'tuning.json'),
  frames: path.join(tuning, 'frames'),
  tuned: path.join(tuning, 'tuned.safetensors'),
});

/** What the settings, photos and frames of a tuning are; another one begins anew. */
const subjectOf = ({ settings, sources, first, end, madeWith }: Manifest): string =>
  JSON.stringify([settings.video, sources, first, end, madeWith]);

/** The weights of a job whose tuning is over; undefined before, and where nothing is tuned. @throws InputError */
export async function tunedWeights(folder: JobFolder, manifest: Manifest): Promise<string | undefined> {
  if (!isTuned(manifest)) return undefined;
  const { about, tuned } = places(folder);
  const known = await readJson(about, tuningSchema);
  return known?.done && known.of === subjectOf(manifest) ? tuned : undefined;
}

/**
 * @returns the tuned weights, or undefined where nothing is tuned
 * @throws MissingPackError, InputError, StorageError, CancelledError; what was reached is kept
 */
export async function tunePhase(
  run: JobRun,
  timeline: FaceTimeline,
  request: SwapperRequest,
): Promise<string | undefined> {
  const { folder, manifest, engine, meter, listener, signal } = run;
  if (!isTuned(manifest) || engine.openTuning === undefined) return undefined;
  const { about, frames, tuned } = places(folder);
  const of = subjectOf(manifest);
  const before = await readJson(about, tuningSchema);
  if (before?.of === of && before.done) return tuned;
  if (before?.of !== of) await rm(folder.tuning, { recursive: true, force: true });
  const lessons = lessonsOf(run, timeline, request);
  if (lessons.length === 0) {
    await listener.step({ notices: ['No frame of the clip can be tuned on.'] });
    return undefined;
  }
  const { ptiSteps } = manifest.settings.video;
  meter.begin('tune', 0, lessons.length + mostUpdates(lessons.length, ptiSteps));
  await listener.step({ phase: 'tune', framesDone: 0 });
  await makeFolder(frames);
  await writeJson(about, { of, frames: lessons.length, done: false });
  await using tuning = await engine.openTuning(request);
  // What was begun takes its room already.
  if (before?.of !== of) await requireRoom([{ folder: folder.root, bytes: tuning.bytes?.(lessons.length) ?? 0 }]);
  const files = new FrameFiles(frames, lessons.length);
  if (ptiSteps > 0) await prepareFrames(run, lessons, files, tuning);
  await tuneOn(
    run,
    files,
    lessons.map(({ frame }) => frame),
    tuning,
  );
  throwIfCancelled(signal);
  await writeJson(about, { of, frames: lessons.length, done: true });
  await rm(frames, { recursive: true, force: true });
  return tuned;
}

/** The faces that are exchanged, frame by frame. */
function lessonsOf({ manifest }: JobRun, timeline: FaceTimeline, { sources }: SwapperRequest): Lesson[] {
  const lessons: Lesson[] = [];
  for (let frame = manifest.first; frame < manifest.end; frame++) {
    for (const face of timeline.facesAt(frame))
      if (face.skip === undefined && sources.has(face.track)) lessons.push({ frame, face });
  }
  return lessons;
}

/** Makes what is missing of the prepared frames. They have no gaps, so those that are there come first. */
async function prepareFrames(
  { clip, manifest, signal, meter, listener }: JobRun,
  lessons: readonly Lesson[],
  files: FrameFiles,
  tuning: JobTuning,
): Promise<void> {
  let done = 0;
  while (done < lessons.length && (await files.has(done))) done++;
  meter.setDone(done);
  const first = lessons[done];
  if (first === undefined) return;
  for await (const { index, width, height, pixels, release } of clipFrames(clip, first.frame, manifest.end, signal)) {
    for (let lesson = lessons[done]; lesson?.frame === index; lesson = lessons[done]) {
      await files.write(done, await tuning.prepare({ index, width, height, pixels }, lesson.face, signal));
      done++;
      meter.frame();
      listener.progress();
    }
    release();
    if (done === lessons.length) break;
  }
}

async function tuneOn(
  { folder, manifest, signal, meter, listener }: JobRun,
  frames: FrameFiles,
  clipFrames: readonly number[],
  tuning: JobTuning,
): Promise<void> {
  await using seat = await listener.tuning?.({ frames, clipFrames });
  await tuning.tune({
    folder: folder.tuning,
    frames,
    settings: settingsOf(manifest),
    wish: () => (signal.aborted ? 'pause' : seat?.wish()),
    watchedFrame: () => seat?.watchedFrame(),
    onNotice: (text) => listener.step({ notices: [text] }),
    onEvent: (event: TuningEvent) => {
      // From here on the meter counts updates.
      if (event.type === 'update') countUpdate(meter, frames.count + event.update, frames.count + event.total);
      seat?.tell(event);
      listener.progress();
    },
  });
}

/** Updates and prepared faces count as one frame each. */
function countUpdate(meter: ProgressMeter, done: number, total: number): void {
  const now = meter.now();
  if (now.framesTotal === total && now.framesDone === done - 1) meter.frame();
  else meter.begin('tune', done, total);
}

/** Before the key frames are known: as many updates as there can be. */
const mostUpdates = (frames: number, passes: number): number =>
  passes * keyFrameCount(frames) + (passes > 0 ? frames : 0);

/** The fields of the Video tab as tuning has them; resume weights are named by their id. */
const settingsOf = ({ settings }: Manifest): Omit<TuningSettings, 'resume'> & { readonly resumeId: string | null } => {
  const { ptiSteps, ptiLearningRate, recolorLambda, ptiResume, ptiSchedule } = settings.video;
  return { ptiSteps, ptiLearningRate, recolorLambda, resumeId: ptiResume, schedule: ptiSchedule };
};
