/** Frames swapped by several threads at the same time, each with the bits that one thread alone would give it. */
import { CancelledError, throwIfCancelled } from '#engine/errors.ts';
import type { CropSize } from '#engine/face/alignment.ts';
import type { FaceAnalyser } from '#engine/face/faces.ts';
import type { AlignedFace } from '../aligned-face.ts';
import { alignPhoto, type FrameSource, type FrameSwapperOptions, reasonToSkip } from '../create-frame-swapper.ts';
import type { FrameSwapper, SwappedFrame } from '../frame-swapper.ts';
import { type FrameMemory, FrameThread } from './frame-thread.ts';
import type { Services } from './messages.ts';

export interface FramePoolOptions {
  /** The worker's bundle. */
  readonly file: string;
  readonly threads: number;
}

/** Frames that wait beside those at work, so that no thread waits for one. */
const waitingFor = (threads: number): number => Math.ceil(threads / 2);

/** @param kept arrays that are held while nobody uses them */
function createMemory(kept: number): FrameMemory {
  let idle: Uint8Array<ArrayBuffer>[] = [];
  return {
    take(length) {
      idle = idle.filter((array) => array.length === length);
      return idle.pop() ?? new Uint8Array(length);
    },
    give(array) {
      if (idle.length < kept && !idle.includes(array)) idle.push(array);
    },
  };
}

/** What threads ask for: sources are cut out once for all of them. */
function createServices(
  analyser: Pick<FaceAnalyser, 'personSegmenter'>,
  sources: readonly FrameSource[],
  crop: boolean,
): Services {
  const align = alignPhoto(crop);
  const aligned = new Map<string, Promise<AlignedFace>>();
  return {
    align({ source, size }) {
      const key = `${source}@${size}`;
      const known = aligned.get(key) ?? align(sources[source]!, size);
      aligned.set(key, known);
      return known;
    },
    mask: async (image) => (await analyser.personSegmenter()).mask(image),
  };
}

/**
 * Swaps with the classic engine in worker threads. Frames may be given at the same time; each result comes when it is
 * done. A thread that ends by itself fails its frame, and another one takes its place.
 * @param analyser finds the person, on this thread; the caller closes it after the pool
 */
export function openFramePool(
  analyser: Pick<FaceAnalyser, 'personSegmenter'>,
  { sources, settings, detail, sizes = new Map<number, CropSize>(), onTimes }: FrameSwapperOptions,
  { file, threads }: FramePoolOptions,
): FrameSwapper {
  const photos = [...new Set(sources.values())];
  const services = createServices(analyser, photos, settings.crop);
  const numbers = new Map([...sources].map(([track, source]) => [track, photos.indexOf(source)]));
  const setup = { settings, detail, sizes, sources: numbers };
  const memory = createMemory(2 * threads + waitingFor(threads));
  const start = (): FrameThread => new FrameThread({ file, setup, services, memory, onTimes });
  // All at once: a thread takes its time to begin.
  const all = new Set(Array.from({ length: threads }, start));
  const idle = [...all];
  const waiting: ((thread: FrameThread) => void)[] = [];
  let closed = false;

  /** The thread, or a new one where it ended by itself. */
  const living = (thread: FrameThread): FrameThread => {
    if (!thread.lost || closed) return thread;
    all.delete(thread);
    const next = start();
    all.add(next);
    return next;
  };
  const takeThread = (signal: AbortSignal | undefined): Promise<FrameThread> => {
    const thread = idle.shift();
    if (thread) return Promise.resolve(living(thread));
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(new CancelledError());
      };
      const take = (free: FrameThread): void => {
        signal?.removeEventListener('abort', cancel);
        resolve(free);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      waiting.push(take);
    });
  };
  const giveBack = (thread: FrameThread): void => {
    const next = waiting.shift();
    if (next) next(living(thread));
    else idle.push(thread);
  };

  return {
    atOnce: threads + waitingFor(threads),
    async swap(frame, faces, signal): Promise<SwappedFrame> {
      throwIfCancelled(signal);
      if (closed) throw new CancelledError();
      const skipped = faces.flatMap((face) => {
        const reason = reasonToSkip(face, sources);
        return reason === undefined ? [] : [{ track: face.track, reason }];
      });
      if (skipped.length === faces.length) return { pixels: frame.pixels, swapped: [], skipped };
      const thread = await takeThread(signal);
      try {
        return await thread.swap(frame, faces, signal);
      } finally {
        giveBack(thread);
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all([...all].map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}
