/** The engine's calls (`engineContract`) over a photo studio. Handles become paths here, and nowhere else. */
import path from 'node:path';
import { implement } from '@orpc/server';
import { InputError, StorageError } from '#engine/errors.ts';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import type { EncodedPicture, PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { ReadGrant } from '#main/rpc/control.ts';
import { type PlainRouter, toRpcError } from '#main/rpc/serve.ts';
import { engineContract, type FileHandle, type SwapEvent } from '#shared/contract.ts';
import type { AppSettings } from '#shared/settings.ts';
import type { AskShell } from './control-client.ts';
import type { Lane } from './lane.ts';
import { createModelsRouter, type ModelsAccess } from './models-router.ts';
import type { WindowPhotos } from './photo-leases.ts';
import { streamEvents } from './progress-stream.ts';
import type { Sample } from './samples.ts';

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

const NOT_GRANTED = 'The studio has no permission for this file.';

/**
 * The router that one window is served with.
 * @param lanes the lanes of this engine process, shared by all windows
 * @param photos the pictures of this window
 */
export function createEngineRouter(services: EngineServices, lanes: EngineLanes, photos: WindowPhotos): PlainRouter {
  const lane = lanes.work;
  const { studio, settings, samples, models, ask, doctor } = services;
  // Paths stay on this side: a window knows a file by its name.
  const fail = (error: unknown) =>
    toRpcError(error, (report) =>
      report.file === undefined ? report : { ...report, file: path.basename(report.file) },
    );
  const os = implement(engineContract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw fail(error);
    }
  });

  async function toReadGrant(file: FileHandle): Promise<ReadGrant> {
    const grant = samples.find((sample) => sample.file === file) ?? (await ask('resolve', { file }));
    if (grant === undefined) throw new InputError(NOT_GRANTED, { action: 'Open the file again.' });
    return grant;
  }

  return os.router({
    photo: {
      open: os.photo.open.handler(async ({ input, signal }) => {
        const { path: file, name } = await toReadGrant(input.file);
        const info = await lane(signal, () =>
          studio.open({ path: file, name }, { thorough: input.thorough }, { signal }),
        );
        photos.hold(info.photo);
        return info;
      }),
      detect: os.photo.detect.handler(({ input, signal }) => {
        photos.hold(input.photo);
        return lane(signal, () => studio.detect(input.photo, { thorough: input.thorough }, { signal }));
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
        for (const photo of [input.target, ...input.assignments.map(({ source }) => source)]) photos.hold(photo);
        try {
          yield* streamEvents<SwapEvent>(async (emit, cancel) => {
            const result = await lane(cancel, () => studio.swap(input, { signal: cancel, onProgress: emit }));
            emit({ type: 'done', result });
          }, signal);
        } catch (error) {
          throw fail(error);
        }
      }),
      view: os.swap.view.handler(async ({ input }) => toBlob(await studio.viewResult(input.result, input.maxSide))),
      stage: os.swap.stage.handler(async ({ input }) =>
        toBlob(await studio.stage(input.result, input.targetFace, input.stage, input.maxSide)),
      ),
      export: os.swap.export.handler(async ({ input, signal }) => {
        const grant = await ask('claim', { to: input.to });
        if (grant === undefined) {
          throw new StorageError('The studio has no permission to write here, or the file is written already.', {
            action: 'Choose a place to save to again.',
          });
        }
        let written = false;
        try {
          const picture = await lane(signal, () => studio.encodeResult(input.result, input.settings));
          await writeFileAtomic(grant.path, picture.bytes, { signal });
          written = true;
          return { bytes: picture.bytes.byteLength, width: picture.width, height: picture.height };
        } finally {
          await ask('finish', { to: input.to, written });
        }
      }),
    },
    samples: {
      list: os.samples.list.handler(() => samples.map(({ id, title, file }) => ({ id, title, file }))),
    },
    settings: {
      get: os.settings.get.handler(() => settings.get()),
      set: os.settings.set.handler(({ input }) => settings.set(input)),
      notices: os.settings.notices.handler(() => settings.notices()),
    },
    models: createModelsRouter({ models, lane: lanes.packs, toReadGrant, fail }),
    system: {
      doctor: os.system.doctor.handler(() => doctor()),
    },
  });
}

const toBlob = ({ bytes, mime }: EncodedPicture): Blob => new Blob([bytes], { type: mime });
