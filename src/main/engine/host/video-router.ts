/** The calls of the Video tab (`contract-video.ts`) over opened clips and the queue of jobs. */
import type { JobQueue, JobSource } from '#engine/jobs/jobs.ts';
import { ENCODERS } from '#engine/video/encoders.ts';
import { openToolbox } from '#engine/video/toolbox.ts';
import type { ReadGrant } from '#main/rpc/control.ts';
import type { Face, FileHandle, PhotoId } from '#shared/contract.ts';
import type { JobOrder, JobOrderChange, JobSourceChoice, JobWatchEvent } from '#shared/contract-video.ts';
import type { JobId } from '#shared/jobs.ts';
import { VIDEO_CODECS } from '#shared/video-formats.ts';
import type { AskShell } from './control-client.ts';
import { type EngineCalls, toWindowError } from './engine-calls.ts';
import { writeGranted } from './granted-places.ts';
import { type KeptClips, sweepClips } from './kept-clips.ts';
import { mediaTypeOf } from './media-types.ts';
import { describeClip, type OpenedVideos, type VideoFile } from './opened-videos.ts';
import { toBlob } from './picture-blob.ts';
import { streamEvents } from './progress-stream.ts';
import type { WindowMedia } from './window-media.ts';

/** A photo that a window has open, and the faces that it was told of. */
export interface PhotoFile extends ReadGrant {
  readonly faces: readonly Pick<Face, 'index' | 'box'>[];
}

export interface VideoServices {
  readonly jobs: JobQueue;
  readonly videos: OpenedVideos;
  readonly kept: KeptClips;
  readonly ask: AskShell;
  /** The files behind the photos of this process. @throws UsageError when no such photo is open */
  readonly photoFile: (photo: PhotoId) => PhotoFile;
  readonly fileOf: (file: FileHandle) => Promise<ReadGrant>;
}

/** How often the list is read again: a command line may work on jobs at the same time. Milliseconds. */
const LOOK_AGAIN_MS = 4000;

/** Handlers of `engineContract.video`, for one window. */
export function videoHandlers(os: EngineCalls['video'], services: VideoServices, media: WindowMedia) {
  const { videos, jobs, fileOf } = services;
  const fileFor = async (input: { file: FileHandle } | { job: JobId }): Promise<VideoFile> => {
    if ('file' in input) return fileOf(input.file);
    const [{ target: path }, { target: name }] = await Promise.all([jobs.filesOf(input.job), jobs.get(input.job)]);
    return { path, name };
  };
  return {
    open: os.open.handler(async ({ input, signal }) => {
      const clip = await videos.open(await fileFor(input), signal);
      const { path } = clip.video.info;
      return describeClip(clip, await media.addressOf(path, mediaTypeOf(path)));
    }),
    frame: os.frame.handler(async ({ input, signal }) =>
      toBlob(await videos.frame(input.video, input.frame, input.maxSide, signal)),
    ),
    close: os.close.handler(({ input }) => ({ closed: videos.close(input.video) })),
    codecs: os.codecs.handler(async () => {
      const { encoders } = await openToolbox();
      return VIDEO_CODECS.filter((codec) => encoders.has(ENCODERS[codec].name));
    }),
  };
}

/** Handlers of `engineContract.jobs`, for one window. */
export function jobHandlers(os: EngineCalls['jobs'], services: VideoServices, media: WindowMedia) {
  const { jobs, videos, kept, ask, photoFile } = services;

  const toSource = ({ photo, face, goal }: JobSourceChoice): JobSource => {
    const { path, name, faces } = photoFile(photo);
    // The window may have searched more closely than a job does: then the face has another number there.
    const box = face === 'largest' ? undefined : faces.find(({ index }) => index === face)?.box;
    return { path, name, face, goal, ...(box === undefined ? {} : { box }) };
  };
  const settingsOf = ({
    sources,
    swap,
    video,
    export: { output, container, codec, quality, preset },
  }: JobOrder | JobOrderChange) => ({
    sources: sources.map(toSource),
    swap,
    video,
    encoder: { codec, quality, preset },
    output,
    ...(output === 'video' ? { container } : {}),
  });

  async function* watch(signal: AbortSignal | undefined): AsyncGenerator<JobWatchEvent, void, void> {
    yield* streamEvents<JobWatchEvent>(async (emit, stop) => {
      let heard = 0;
      const off = jobs.watch((event) => {
        heard += 1;
        emit(event);
      });
      let said = '';
      try {
        while (!stop.aborted) {
          const before = heard;
          const all = await jobs.list();
          // What was read may be older than what was heard meanwhile.
          if (heard !== before) continue;
          const now = JSON.stringify(all);
          if (now !== said) emit({ type: 'all', jobs: all });
          said = now;
          await pause(LOOK_AGAIN_MS, stop);
        }
      } finally {
        off();
      }
    }, signal);
  }

  return {
    create: os.create.handler(async ({ input, signal }) => {
      const { file } = videos.get(input.clip);
      try {
        using clip = await kept.keep(file);
        const request = {
          ...settingsOf(input),
          target: { path: clip.file.path, name: clip.file.name },
          trim: input.trim,
          looked: input.looked,
          formerly: input.formerly,
        };
        return await jobs.add(input.stopAfter ? { ...request, stopAfter: input.stopAfter } : request, signal);
      } finally {
        // A clip whose job was refused is not needed.
        await sweepClips(jobs, kept);
      }
    }),
    configure: os.configure.handler(({ input }) =>
      jobs.configure(input.job, { ...settingsOf(input), ...(input.trim === undefined ? {} : { trim: input.trim }) }),
    ),
    list: os.list.handler(() => jobs.list()),
    watch: os.watch.handler(async function* ({ signal }) {
      try {
        yield* watch(signal);
      } catch (error) {
        throw toWindowError(error);
      }
    }),
    pause: os.pause.handler(({ input }) => jobs.pause(input.job)),
    resume: os.resume.handler(({ input }) => jobs.resume(input.job)),
    cancel: os.cancel.handler(({ input }) => jobs.cancel(input.job)),
    retry: os.retry.handler(({ input }) => jobs.retry(input.job)),
    remove: os.remove.handler(async ({ input }) => {
      await jobs.remove(input.job);
      await sweepClips(jobs, kept);
      return { removed: true };
    }),
    timeline: os.timeline.handler(({ input }) => jobs.timeline(input.job)),
    frame: os.frame.handler(async ({ input, signal }) =>
      toBlob(await jobs.frameOf(input.job, input.frame, input.which, { maxSide: input.maxSide, signal })),
    ),
    trackThumb: os.trackThumb.handler(async ({ input }) =>
      toBlob(await jobs.trackThumb(input.job, input.track, input.maxSide)),
    ),
    media: os.media.handler(async ({ input }) => {
      const [{ target, result }, { output }] = await Promise.all([jobs.filesOf(input.job), jobs.get(input.job)]);
      return {
        target: await media.addressOf(target, mediaTypeOf(target)),
        result:
          result === undefined || output === 'pictures' ? null : await media.addressOf(result, mediaTypeOf(result)),
      };
    }),
    saveAs: os.saveAs.handler(({ input, signal }) =>
      writeGranted(ask, input.to, async ({ path }) => {
        const { bytes, notices } = await jobs.saveAs(input.job, path, signal);
        return { bytes, notices: [...notices] };
      }),
    ),
  };
}

/** Resolves after a while, or at once when `signal` is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
