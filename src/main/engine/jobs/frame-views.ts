/** Single frames of jobs as pictures for the screen. What is opened for one frame is kept for the next of the same job. */
import path from 'node:path';
import { InputError, UsageError } from '#engine/errors.ts';
import { cropTransform } from '#engine/face/alignment.ts';
import { FrameView } from '#engine/face/tracks/frame-view.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { encodeImagePreview, encodePreview } from '#engine/image/encode.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import type { Frame, FrameSwapper } from '#engine/pipeline/frame-swapper.ts';
import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import type { JobId } from '#shared/jobs.ts';
import { type Analysis, analysedFrames, lookedCount, readAnalysis } from './analyse-phase.ts';
import type { JobFolder } from './job-folder.ts';
import { openClip, swapperRequest } from './job-runner.ts';
import type { Manifest } from './manifest.ts';
import { createOneKept } from './one-kept.ts';
import { partOf } from './parts.ts';
import { partFile, readPart } from './segments.ts';
import type { StoredState } from './state.ts';
import { tunedWeights } from './tune-phase.ts';
import type { VideoEngine } from './video-engine.ts';

export interface ViewedJob {
  readonly folder: JobFolder;
  readonly manifest: Manifest;
  readonly state: StoredState;
  /** The newest frame of a running job. */
  readonly latest?: { readonly frame: number; readonly pixels: Uint8Array<ArrayBuffer> } | undefined;
}

export interface ViewOptions {
  readonly maxSide: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FrameViews extends AsyncDisposable {
  /** @throws UsageError for a frame that is not there, or cannot be swapped yet; InputError, CancelledError */
  frame(job: ViewedJob, frame: number, which: 'target' | 'result', options: ViewOptions): Promise<EncodedPicture>;
  /** @throws UsageError before the analysis and for a track that is not there */
  thumb(job: ViewedJob, track: number, maxSide: number): Promise<EncodedPicture>;
  forget(id: JobId): void;
}

const THUMB_SIZE = 256;

export function createFrameViews(engine: VideoEngine): FrameViews {
  const clips = createOneKept<OpenedVideo>();
  const results = createOneKept<OpenedVideo>();
  const analyses = createOneKept<Analysis>();
  const swappers = createOneKept<FrameSwapper>(async (swapper) => swapper[Symbol.asyncDispose]());
  let swapping: Promise<unknown> = Promise.resolve();
  const kept = [clips, results, analyses, swappers];

  const clipOf = ({ manifest }: ViewedJob): Promise<OpenedVideo> =>
    clips.get(`${manifest.id} ${manifest.target.sha256} ${manifest.decodedTimes}`, () => openClip(manifest));

  const analysisOf = async ({ folder, manifest }: ViewedJob): Promise<Analysis> => {
    if ((await analysedFrames(folder, manifest)) < lookedCount(manifest)) {
      throw new UsageError('The faces of this clip are not found yet.', { action: 'Find the faces first.' });
    }
    const key = JSON.stringify([manifest.id, manifest.looked, manifest.madeWith]);
    return analyses.get(key, () => readAnalysis(folder, manifest, engine, new AbortController().signal));
  };

  const targetFrame = async (job: ViewedJob, index: number, signal?: AbortSignal): Promise<Frame> => {
    const clip = await clipOf(job);
    if (index < 0 || index >= clip.times.pts.length) {
      throw new UsageError(`There is no frame ${index}; the clip has ${clip.times.pts.length}, counted from 0.`);
    }
    return { ...(await decodeOne(clip, index, signal)), index };
  };

  /** The frame of a finished part or result. */
  const finishedFrame = async (
    job: ViewedJob,
    index: number,
    signal?: AbortSignal,
  ): Promise<DecodedPicture | undefined> => {
    const { folder, manifest, state, latest } = job;
    const { width, height } = manifest.clip;
    if (latest?.frame === index) return asPicture({ width, height, pixels: latest.pixels.slice() });
    if (index < manifest.first || index >= manifest.end) return undefined;
    if (state.state === 'done' && state.result !== undefined) {
      if (manifest.settings.output === 'pictures') return readPictureOf(state.result, index - manifest.first);
      const { result } = state;
      const clip = await results.get(`${manifest.id} ${state.changed}`, () => openVideo(result));
      return asPicture(await decodeOne(clip, index - manifest.first, signal));
    }
    const part = partOf(manifest, index);
    if (!(await readPart(folder, manifest, part))) return undefined;
    const file = partFile(folder, manifest, part.number);
    const clip = await results.get(`${file} ${state.changed}`, () => openVideo(file));
    return asPicture(await decodeOne(clip, index - part.first, signal));
  };

  const swappedFrame = async (job: ViewedJob, index: number, signal?: AbortSignal): Promise<DecodedPicture> => {
    const { folder, manifest } = job;
    if (index < manifest.first || index >= manifest.end) {
      throw new UsageError(`Frame ${index} lies outside the chosen range.`);
    }
    if (manifest.sources.length === 0) throw new UsageError('No source was chosen.');
    const analysis = await analysisOf(job);
    const tuned = await tunedWeights(folder, manifest);
    const { swap, video } = manifest.settings;
    const key = JSON.stringify([manifest.id, swap, video, manifest.sources, tuned]);
    const request = { ...swapperRequest(folder, manifest, analysis), tuned };
    const swapper = await swappers.get(key, () => engine.openSwapper(request));
    const frame = await targetFrame(job, index, signal);
    // One after the other: a swapper works on one frame at a time.
    const turn = swapping.then(() => swapper.swap(frame, analysis.timeline.facesAt(index), signal));
    swapping = turn.catch(() => undefined);
    return asPicture({ ...frame, pixels: (await turn).pixels });
  };

  return {
    async frame(job, index, which, { maxSide, signal }) {
      const picture =
        which === 'target'
          ? asPicture(await targetFrame(job, index, signal))
          : ((await finishedFrame(job, index, signal)) ?? (await swappedFrame(job, index, signal)));
      return encodePreview(picture, { maxSide });
    },
    async thumb(job, track, maxSide) {
      const { timeline } = await analysisOf(job);
      const best = timeline.tracks[track]?.bestFrame;
      const face = best === undefined ? undefined : timeline.facesAt(best).find((row) => row.track === track);
      if (best === undefined || !face) throw new UsageError(`There is no track ${track}.`);
      const view = new FrameView(await targetFrame(job, best));
      const crop = view.crop(cropTransform(face.frame, THUMB_SIZE).cropToPicture, THUMB_SIZE, THUMB_SIZE);
      return encodeImagePreview(crop, { maxSide });
    },
    forget: (id) => {
      for (const one of kept) one.forget((key) => key.includes(id));
    },
    async [Symbol.asyncDispose]() {
      for (const one of kept) one.forget(() => true);
      await Promise.all(kept.map((one) => one.idle()));
    },
  };
}

/** @param index counted from 0 in this file */
async function decodeOne({ info, times }: OpenedVideo, index: number, signal?: AbortSignal) {
  const from = index === 0 ? undefined : times.pts[index];
  for await (const { pixels } of decodeFrames(info, { from, to: times.pts[index + 1], signal })) {
    return { width: info.video.width, height: info.video.height, pixels };
  }
  throw new InputError('This frame cannot be decoded.', { file: info.file });
}

const asPicture = ({ width, height, pixels }: Pick<Frame, 'width' | 'height' | 'pixels'>): DecodedPicture => ({
  ...{ width, height, pixels },
  ...{ channels: 3, bitDepth: 8, format: 'frame', notices: [] },
});

function readPictureOf(folder: string, index: number): Promise<DecodedPicture> {
  const name = `frame_${String(index + 1).padStart(6, '0')}.png`;
  return decodePicture(path.join(folder, name), name);
}
