/** The calls of personal tuning (`contract-tuning.ts`) over the desk of tunings and the kept weights. */
import type { ReadGrant } from '#main/rpc/control.ts';
import type { FileHandle } from '#shared/contract.ts';
import type { TuningWatchEvent } from '#shared/contract-tuning.ts';
import type { AskShell } from './control-client.ts';
import { type EngineCalls, toWindowError } from './engine-calls.ts';
import { writeGranted } from './granted-places.ts';
import type { KeptWeightsAccess } from './kept-weights.ts';
import { toBlob } from './picture-blob.ts';
import { streamEvents } from './progress-stream.ts';
import type { TuningDesk } from './tuning-desk.ts';

export interface TuningServices {
  readonly desk: TuningDesk;
  readonly weights: KeptWeightsAccess;
}

export interface TuningHandlerOptions extends TuningServices {
  readonly ask: AskShell;
  readonly fileOf: (file: FileHandle) => Promise<ReadGrant>;
}

/** Handlers of `engineContract.tuning`, for one window. */
export function tuningHandlers(os: EngineCalls['tuning'], { desk, weights, ask, fileOf }: TuningHandlerOptions) {
  return {
    watch: os.watch.handler(async function* ({ input, signal }) {
      try {
        yield* streamEvents<TuningWatchEvent>(async (emit, stop) => {
          const off = await desk.watch(input.job, emit);
          await aborted(stop);
          off();
        }, signal);
      } catch (error) {
        throw toWindowError(error);
      }
    }),
    look: os.look.handler(async ({ input }) => ({ looked: await desk.look(input.job, input.frame) })),
    picture: os.picture.handler(async ({ input }) => toBlob(await desk.picture(input.job, input.which, input.maxSide))),
    finishNow: os.finishNow.handler(({ input }) => desk.finishNow(input.job)),
    export: os.export.handler(({ input }) => writeGranted(ask, input.to, ({ path }) => desk.export(input.job, path))),
    keep: os.keep.handler(async ({ input }) => weights.keep((await fileOf(input.file)).path)),
    kept: os.kept.handler(() => weights.list()),
    forget: os.forget.handler(async ({ input }) => {
      await weights.forget(input.id);
      return { forgotten: true };
    }),
  };
}

/** Resolves when `signal` is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
