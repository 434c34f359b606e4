/** The engine's calls (`engineContract`) over a photo studio. Handles become paths here, and nowhere else. */
import { UsageError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { ReadGrant } from '#main/rpc/control.ts';
import type { PlainRouter } from '#main/rpc/serve.ts';
import { type FileHandle, type PhotoId, type PhotoInfo, photosOf, type SwapEvent } from '#shared/contract.ts';
import type { AppSettings } from '#shared/settings.ts';
import type { AskShell } from './control-client.ts';
import { engineCalls, toWindowError } from './engine-calls.ts';
import { resolveGrant, writeGranted } from './granted-places.ts';
import type { Lane } from './lane.ts';
import { createModelsRouter, type ModelsAccess } from './models-router.ts';
import type { WindowPhotos } from './photo-leases.ts';
import type { PhotoRefiner } from './photo-refiner.ts';
import { toBlob } from './picture-blob.ts';
import { streamEvents } from './progress-stream.ts';
import { refineHandlers } from './refine-router.ts';
import type { Sample } from './samples.ts';
import { type TuningServices, tuningHandlers } from './tuning-router.ts';
import { jobHandlers, type PhotoFile, type VideoServices, videoHandlers } from './video-router.ts';
import type { WindowMedia } from './window-media.ts';

/** Where the application's settings are kept. */
export interface SettingsAccess {
  get(): Promise<AppSettings>;
  set(settings: AppSettings): Promise<AppSettings>;
  /** What the user was not told yet about a settings file that could not be used. */
  notices(): string[];
}

export interface EngineServices {
  readonly studio: PhotoStudio;
  readonly settings: SettingsAccess;
  readonly samples: readonly Sample[];
  readonly models: ModelsAccess;
  readonly video: Pick<VideoServices, 'jobs' | 'videos' | 'kept'>;
  readonly tuning: TuningServices;
  readonly refiner: PhotoRefiner;
  readonly lanes: EngineLanes;
  readonly ask: AskShell;
  /** What `e4s doctor --json` prints. */
  doctor(): Promise<Record<string, unknown>>;
}

export interface EngineLanes {
  /** Searching faces, swapping, encoding. */
  readonly work: Lane;
  /** Changing and checking packs: it waits for disks, and may go on beside the other. */
  readonly packs: Lane;
}

/** What belongs to one window, and what all windows of this process know of open photos. */
export interface EngineWindow {
  readonly photos: WindowPhotos;
  readonly media: WindowMedia;
  readonly photoFiles: Map<PhotoId, PhotoFile>;
}

/** The router that one window is served with. */
export function createEngineRouter(services: EngineServices, { photos, media, photoFiles }: EngineWindow): PlainRouter {
  const { studio, settings, samples, models, video, tuning, refiner, lanes, ask, doctor } = services;
  const lane = lanes.work;
  const os = engineCalls();
  const toReadGrant = async (file: FileHandle): Promise<ReadGrant> =>
    samples.find((sample) => sample.file === file) ?? resolveGrant(ask, file);
  const photoFile = (photo: PhotoId): PhotoFile => {
    const file = photoFiles.get(photo);
    if (!file) throw new UsageError('This picture is not open any more.', { action: 'Open it again.' });
    return file;
  };
  const videoServices: VideoServices = { ...video, ask, photoFile, fileOf: toReadGrant };

  return os.router({
    photo: {
      open: os.photo.open.handler(async ({ input, signal }) => {
        const grant = await toReadGrant(input.file);
        const { path, name } = grant;
        const info = await lane(signal, () => studio.open({ path, name }, { thorough: input.thorough }, { signal }));
        photos.hold(info.photo, pixelBytes(info));
        photoFiles.set(info.photo, { ...grant, faces: info.faces });
        return info;
      }),
      detect: os.photo.detect.handler(async ({ input, signal }) => {
        photos.hold(input.photo);
        const info = await lane(signal, () => studio.detect(input.photo, { thorough: input.thorough }, { signal }));
        photoFiles.set(input.photo, { ...photoFile(input.photo), faces: info.faces });
        return info;
      }),
      view: os.photo.view.handler(async ({ input }) => {
        photos.hold(input.photo);
        return toBlob(await studio.view(input.photo, input.maxSide));
      }),
      faceThumb: os.photo.faceThumb.handler(async ({ input }) => {
        photos.hold(input.photo);
        return toBlob(await studio.faceThumb(input.photo, input.face, input.maxSide));
      }),
      close: os.photo.close.handler(({ input }) => ({ closed: photos.close(input.photo) })),
    },
    swap: {
      run: os.swap.run.handler(async function* ({ input, signal }) {
        for (const photo of photosOf(input)) photos.hold(photo);
        try {
          yield* streamEvents<SwapEvent>(async (emit, cancel) => {
            const result = await lane(cancel, () => studio.swap(input, { signal: cancel, onProgress: emit }));
            emit({ type: 'done', result });
          }, signal);
        } catch (error) {
          throw toWindowError(error);
        }
      }),
      view: os.swap.view.handler(async ({ input }) => toBlob(await studio.viewResult(input.result, input.maxSide))),
      stage: os.swap.stage.handler(async ({ input }) =>
        toBlob(await studio.stage(input.result, input.targetFace, input.stage, input.maxSide)),
      ),
      export: os.swap.export.handler(({ input, signal }) =>
        writeGranted(ask, input.to, async (place) => {
          const picture = await lane(signal, () => studio.encodeResult(input.result, input.settings));
          await writeFileAtomic(place.path, picture.bytes, { signal });
          return { bytes: picture.bytes.byteLength, width: picture.width, height: picture.height };
        }),
      ),
    },
    samples: {
      list: os.samples.list.handler(() => samples.map(({ id, title, file }) => ({ id, title, file }))),
    },
    settings: {
      get: os.settings.get.handler(() => settings.get()),
      set: os.settings.set.handler(({ input }) => settings.set(input)),
      notices: os.settings.notices.handler(() => settings.notices()),
    },
    models: createModelsRouter({ models, lane: lanes.packs, toReadGrant, fail: toWindowError }),
    system: {
      doctor: os.system.doctor.handler(() => doctor()),
    },
    video: videoHandlers(os.video, videoServices, media),
    jobs: jobHandlers(os.jobs, videoServices, media),
    refine: refineHandlers(os.refine, { studio, refiner, lane }),
    tuning: tuningHandlers(os.tuning, { ...tuning, ask, fileOf: toReadGrant }),
  });
}

/** What an open photo takes in memory at least: its samples as the file has them. */
const pixelBytes = ({ width, height, grey, hasAlpha, bitDepth }: PhotoInfo): number =>
  width * height * ((grey ? 1 : 3) + (hasAlpha ? 1 : 0)) * (bitDepth / 8);
