/**
 * Entry of an engine process that looks like one with every pack of the rgi engine: photos of one face, every stage with
 * a picture of its own, a tenth of a second each. It computes nothing; windows are tested against it.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { throwIfCancelled } from '#engine/errors.ts';
import { runEngine } from '#engine/host/run-engine.ts';
import type { EncodedPicture, PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { type PhotoInfo, resultIdSchema, type SwapRequest } from '#shared/contract.ts';
import { STAGE_IDS } from '#shared/stages.ts';
import { createFakeStudio, fakeServices } from './fake-studio.ts';

const SIDE = 256;
const STEP_MS = 100;
/** Swaps of aligned crops get this far and stay there until they are cancelled, so that a test can do it. */
const HELD_AT = 'exchange';

const landmarks68 = Array.from({ length: 68 }, (_, i): [number, number] => [
  90 + (i % 9) * 9,
  90 + Math.floor(i / 9) * 9,
]);
const face: PhotoInfo['faces'][number] = {
  index: 0,
  box: [80, 80, 96, 96],
  score: 0.99,
  yaw: 0,
  pitch: 0,
  roll: 0,
  landmarks68,
  warnings: [],
};

/** One even colour that stands for `what`. */
async function picture(what: string): Promise<EncodedPicture> {
  let hash = 7;
  for (const character of what) hash = (hash * 31 + (character.codePointAt(0) as number)) % 16_777_213;
  const background = { r: hash & 255, g: (hash >> 8) & 255, b: (hash >> 16) & 255 };
  const bytes = await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } })
    .png()
    .toBuffer();
  return { bytes: new Uint8Array(bytes), mime: 'image/png', width: SIDE, height: SIDE };
}

function createFakeRgiStudio(): PhotoStudio {
  const studio = createFakeStudio();
  const requests: SwapRequest[] = [];
  const whole = (info: PhotoInfo): PhotoInfo => ({ ...info, width: SIDE, height: SIDE, faces: [face] });
  const requestOf = (result: string): string => JSON.stringify(requests[Number(result.slice('result_'.length))]);
  return {
    ...studio,
    open: async (file, options, run) => whole(await studio.open(file, options, run)),
    detect: async (photo, options, run) => whole(await studio.detect(photo, options, run)),
    view: (photo) => picture(photo),
    faceThumb: (photo) => picture(`face of ${photo}`),
    async swap(request, { signal, onProgress } = {}) {
      const start = performance.now();
      for (const [index, stage] of STAGE_IDS.entries()) {
        throwIfCancelled(signal);
        onProgress?.({ type: 'progress', face: 0, faces: 1, stage, fraction: index / STAGE_IDS.length });
        const held = !request.settings.crop && stage === HELD_AT && signal !== undefined;
        await (held ? once(signal, 'abort') : delay(STEP_MS));
      }
      throwIfCancelled(signal);
      const result = resultIdSchema.parse(`result_${String(requests.push(request) - 1).padStart(8, '0')}`);
      return {
        result,
        engine: 'rgi',
        draft: false,
        width: SIDE,
        height: SIDE,
        faces: request.assignments.map(({ targetFace }) => ({
          targetFace,
          warnings: [],
          stages: [...STAGE_IDS],
          touched: [0, 0, SIDE, SIDE],
        })),
        times: STAGE_IDS.map((stage) => ({ stage, ms: STEP_MS, cached: false })),
        milliseconds: performance.now() - start,
      };
    },
    viewResult: (result) => picture(requestOf(result)),
    stage: (result, _face, stage) => picture(`${stage} of ${requestOf(result)}`),
  };
}

runEngine(async () => {
  const services = fakeServices(createFakeRgiStudio());
  return {
    ...services,
    models: {
      ...services.models,
      engines: async () => [
        { id: 'classic', ready: true, reason: null, lacks: [] },
        { id: 'rgi', ready: true, reason: null, lacks: ['The driven face is not sharpened.'] },
      ],
    },
  };
});
