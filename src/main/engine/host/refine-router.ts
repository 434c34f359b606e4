/** The calls of refining a photo (`contract-refine.ts`). */
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import type { RefineEvent } from '#shared/contract-refine.ts';
import { type EngineCalls, toWindowError } from './engine-calls.ts';
import type { Lane } from './lane.ts';
import type { PhotoRefiner } from './photo-refiner.ts';
import { toBlob } from './picture-blob.ts';
import { streamEvents } from './progress-stream.ts';

export interface RefineHandlerOptions {
  readonly studio: Pick<PhotoStudio, 'refined' | 'setVectors' | 'keptVectors' | 'clearVectors'>;
  readonly refiner: PhotoRefiner;
  /** A refinement has it to the end: memory does not suffice for a swap beside it. */
  readonly lane: Lane;
}

/** Handlers of `engineContract.refine`, for one window. */
export function refineHandlers(os: EngineCalls['refine'], { studio, refiner, lane }: RefineHandlerOptions) {
  return {
    run: os.run.handler(async function* ({ input, signal }) {
      try {
        yield* streamEvents<RefineEvent>(
          (emit, cancel) => lane(cancel, () => refiner.run(input, emit, cancel)),
          signal,
        );
      } catch (error) {
        throw toWindowError(error);
      }
    }),
    finish: os.finish.handler(() => ({ asked: refiner.finish() })),
    preview: os.preview.handler(async ({ input }) => toBlob(await refiner.preview(input.maxSide))),
    state: os.state.handler(({ input }) => studio.refined(input)),
    undo: os.undo.handler(async ({ input: { side, ...pair } }) => {
      await studio.setVectors(pair, side, undefined);
      return await studio.refined(pair);
    }),
    kept: os.kept.handler(async () => {
      const faces = await studio.keptVectors();
      return { faces: faces.length, bytes: faces.reduce((sum, { bytes }) => sum + bytes, 0) };
    }),
    clear: os.clear.handler(async () => ({ removed: await studio.clearVectors() })),
  };
}
