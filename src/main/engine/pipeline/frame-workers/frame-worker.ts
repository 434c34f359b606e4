/**
 * A thread that swaps frames with the classic engine: entry of its own bundle. It works on one frame at a time, with the
 * swapper that a single thread would use.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { fromReport, toReport } from '#engine/errors.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import { createClassicFrameSwapper } from '../create-frame-swapper.ts';
import type { Frame, FrameSwapper } from '../frame-swapper.ts';
import type { StageTime } from '../stage-runner.ts';
import type { FromWorker, Service, Services, ToWorker, WorkerSetup } from './messages.ts';

/** Asks the engine's own thread, and hears what it answers. */
function openServices(send: (message: FromWorker, moved?: ArrayBuffer[]) => void) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  const ask = <S extends Service>(service: S, request: Parameters<Services[S]>[0], moved: ArrayBuffer[] = []) =>
    new Promise<Awaited<ReturnType<Services[S]>>>((resolve, reject) => {
      const question = asked++;
      waiting.set(question, { resolve: (value) => resolve(value as Awaited<ReturnType<Services[S]>>), reject });
      send({ type: 'question', question, service, request }, moved);
    });
  const services: Services = {
    align: (request) => ask('align', request),
    mask({ width, height, data }) {
      // A plane of the arena is a piece of a large buffer.
      const own = data.slice();
      return ask('mask', { width, height, data: own }, [own.buffer]);
    },
  };
  return {
    services,
    hear(message: Extract<ToWorker, { question: number }>): void {
      const asker = waiting.get(message.question);
      waiting.delete(message.question);
      if (message.type === 'answer') asker?.resolve(message.value);
      else asker?.reject(fromReport(message.report));
    },
  };
}

/** @param setup what it was started with */
function serve(port: NonNullable<typeof parentPort>, { sources, ...options }: WorkerSetup): void {
  const send = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  const { services, hear } = openServices(send);
  const numbered = new Map([...new Set(sources.values())].map((source) => [source, { source }]));
  let times: readonly StageTime[] = [];
  const swapper: FrameSwapper = createClassicFrameSwapper(
    { personSegmenter: async () => services },
    {
      ...options,
      sources: new Map([...sources].map(([track, source]) => [track, numbered.get(source)!])),
      onTimes: (measured) => {
        times = measured;
      },
    },
    ({ source }, size) => services.align({ source, size }),
  );
  let work = new AbortController();

  const swap = async (frame: Frame, faces: readonly TrackedFace[]): Promise<void> => {
    work = new AbortController();
    try {
      const { pixels, swapped, skipped } = await swapper.swap(frame, faces, work.signal);
      const changed = pixels !== frame.pixels;
      // The memory goes round between the threads; a copy is cheaper than new memory for every frame.
      if (changed) frame.pixels.set(pixels);
      send({ type: 'swapped', frame: frame.pixels, changed, swapped, skipped, times }, [frame.pixels.buffer]);
    } catch (error) {
      send({ type: 'failed', frame: frame.pixels, report: toReport(error) }, [frame.pixels.buffer]);
    }
  };

  port.on('message', (message: ToWorker) => {
    if (message.type === 'swap') void swap(message.frame, message.faces);
    else if (message.type === 'cancel') work.abort();
    else hear(message);
  });
}

if (parentPort) serve(parentPort, workerData as WorkerSetup);
