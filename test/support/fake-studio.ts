/** A photo studio that computes nothing: it opens what it is given and takes its time over swaps. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError, MissingPackError, throwIfCancelled } from '#engine/errors.ts';
import { createKeptClips } from '#engine/host/kept-clips.ts';
import type { KeptWeightsAccess } from '#engine/host/kept-weights.ts';
import { createLane } from '#engine/host/lane.ts';
import { createOpenedVideos } from '#engine/host/opened-videos.ts';
import { createPhotoRefiner } from '#engine/host/photo-refiner.ts';
import type { OpenServices } from '#engine/host/run-engine.ts';
import { TuningDesk } from '#engine/host/tuning-desk.ts';
import type { EncodedPicture, PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { type PhotoInfo, photoIdSchema, resultIdSchema } from '#shared/contract.ts';
import { DEFAULT_APP_SETTINGS } from '#shared/settings.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import { createFakeJobs, type FakeJobs } from './fake-jobs.ts';

export interface FakeStudio extends PhotoStudio {
  /** Every path that was opened. */
  readonly opened: string[];
  /** How swaps ended. */
  readonly swaps: ('done' | 'cancelled')[];
}

/** As good as for ever: the longest wait that a timer knows, milliseconds. */
const HELD_MS = 2 ** 31 - 1;

/** @param stepMs how long each of the eleven stages of a swap takes; at strength 0 it stays in the first one until it is cancelled */
export function createFakeStudio(stepMs = 1): FakeStudio {
  const opened: string[] = [];
  const swaps: ('done' | 'cancelled')[] = [];
  const photos = new Map<string, PhotoInfo>();
  const picture = (text: string): EncodedPicture => ({
    bytes: new TextEncoder().encode(text),
    mime: 'image/png',
    width: 2,
    height: 1,
  });
  const known = (photo: string): PhotoInfo => {
    const info = photos.get(photo);
    if (info === undefined) throw new InputError('This picture is not open.');
    return info;
  };

  return {
    opened,
    swaps,
    async open({ path: file, name }) {
      opened.push(file);
      const bytes = await readFile(file).catch((cause: unknown) => {
        throw new InputError('The file cannot be read.', { file, cause });
      });
      const photo = photoIdSchema.parse(`photo_${String(photos.size).padStart(8, '0')}`);
      const info: PhotoInfo = {
        photo,
        name,
        width: bytes.length,
        height: 1,
        format: path.extname(file).slice(1),
        grey: false,
        hasAlpha: false,
        bitDepth: 8,
        notices: [],
        faces: [],
      };
      photos.set(photo, info);
      return info;
    },
    detect: async (photo) => known(photo),
    denseLandmarks: async () => new Float32Array(478 * 3),
    view: async (photo) => picture(known(photo).name),
    faceThumb: async (photo) => picture(known(photo).name),
    parse: async () => ({ size: 1, labels: new Uint8Array(1), toPhoto: [1, 0, 0, 0, 1, 0] }),
    close: (photo) => photos.delete(photo),
    async swap({ settings }, { signal, onProgress } = {}) {
      const stage = (): Promise<unknown> =>
        settings.amount === 0 ? delay(HELD_MS, undefined, signal && { signal }).catch(() => undefined) : delay(stepMs);
      try {
        for (const [index, id] of STAGE_IDS.entries()) {
          throwIfCancelled(signal);
          onProgress?.({ type: 'progress', face: 0, faces: 1, stage: id, fraction: index / STAGE_IDS.length });
          await stage();
        }
        swaps.push('done');
      } catch (error) {
        swaps.push('cancelled');
        throw error;
      }
      return {
        result: resultIdSchema.parse('result_00000001'),
        engine: 'classic',
        draft: false,
        width: 2,
        height: 1,
        faces: [],
        times: [],
        milliseconds: 1,
      };
    },
    async encodePair() {
      throw new MissingPackError('This is a test.');
    },
    setVectors: async () => undefined,
    giveVectors: () => undefined,
    identify: async (_pair, side) => ({ side, target: '', source: '', weights: '' }),
    refined: async () => ({ source: false, target: false }),
    keptVectors: async () => [],
    clearVectors: async () => 0,
    viewResult: async () => picture('result'),
    stage: async () => picture('stage'),
    encodeResult: async () => picture('the whole result'),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The services of an engine process around a fake studio. @param packs the folder of packs; by default none */
/** Nothing was taken in, and nothing can be. */
const noKeptWeights: KeptWeightsAccess = {
  keep: async () => {
    throw new MissingPackError('This is a test.');
  },
  list: async () => [],
  forget: async () => undefined,
};

export function fakeServices(
  studio: PhotoStudio,
  packs = path.join(os.tmpdir(), 'e4s-no-packs'),
  jobs: FakeJobs = createFakeJobs(),
): Awaited<ReturnType<OpenServices>> {
  let settings = DEFAULT_APP_SETTINGS;
  return {
    studio,
    samples: [],
    settings: {
      get: async () => settings,
      set: async (next) => {
        settings = next;
        return next;
      },
      notices: () => [],
    },
    models: {
      packs,
      engines: async () => [
        { id: 'classic', ready: true, reason: null, lacks: [] },
        { id: 'rgi', ready: false, reason: 'This is a test.', lacks: [] },
      ],
    },
    video: {
      jobs,
      videos: createOpenedVideos(),
      kept: createKeptClips(path.join(os.tmpdir(), `e4s-kept-${process.pid}`)),
    },
    refiner: createPhotoRefiner(studio, async () => {
      throw new MissingPackError('This is a test.');
    }),
    tuning: { desk: new TuningDesk(path.join(os.tmpdir(), 'e4s-no-jobs')), weights: noKeptWeights },
    lanes: { work: createLane(), packs: createLane() },
    doctor: async () => ({ ok: true }),
  };
}
