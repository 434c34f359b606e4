/** One thread that swaps frames, as the engine's own thread sees it. */
import { Worker } from 'node:worker_threads';
import { EngineLostError, fromReport, throwIfCancelled, toReport } from '#engine/errors.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { Frame, SwappedFrame } from '../frame-swapper.ts';
import type { StageTime } from '../stage-runner.ts';
import type { FromWorker, Services, SwappedMessage, ToWorker, WorkerSetup } from './messages.ts';

/** Arrays that are used again. */
export interface FrameMemory {
  /** An array whose content is undefined. */
  take(length: number): Uint8Array<ArrayBuffer>;
  give(array: Uint8Array<ArrayBuffer>): void;
}

export interface FrameThreadOptions {
  /** The worker's bundle. */
  readonly file: string;
  readonly setup: WorkerSetup;
  readonly services: Services;
  /** Carries frames there and results back. */
  readonly memory: FrameMemory;
  readonly onTimes?: ((times: readonly StageTime[]) => void) | undefined;
}

/**
 * Limits of a thread's JavaScript heap. Planes and frames lie outside of it; the young generation is set because left
 * alone it grows with use, and all threads' together count.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 512 } as const;

interface Work {
  resolve(message: SwappedMessage): void;
  reject(error: unknown): void;
}

/** The thread ended by itself: the frame at work can be tried once more. */
export class FrameThreadLostError extends EngineLostError {}

export class FrameThread implements AsyncDisposable {
  readonly #options: FrameThreadOptions;
  readonly #worker: Worker;
  #work: Work | undefined;
  #lost: FrameThreadLostError | undefined;

  constructor(options: FrameThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(options.file, {
      workerData: options.setup,
      name: 'frames',
      resourceLimits: HEAP_LIMITS,
    });
    // Keeps the process alive while it works, and only then.
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (cause) => this.#lose(cause));
    this.#worker.on('exit', () => this.#lose());
  }

  /** It ended, whatever the reason. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  /**
   * One frame at a time. The frame itself is not touched.
   * @throws FrameThreadLostError when the thread ended, CancelledError, and what the stages throw
   */
  async swap(frame: Frame, faces: readonly TrackedFace[], signal?: AbortSignal): Promise<SwappedFrame> {
    throwIfCancelled(signal);
    if (this.#lost) throw this.#lost;
    const { index, width, height, pixels } = frame;
    const { memory } = this.#options;
    const carrier = memory.take(pixels.length);
    carrier.set(pixels);
    const answer = new Promise<SwappedMessage>((resolve, reject) => {
      this.#work = { resolve, reject };
    });
    const cancel = (): void => this.#send({ type: 'cancel' });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#worker.ref();
    try {
      this.#send({ type: 'swap', frame: { index, width, height, pixels: carrier }, faces }, [carrier.buffer]);
      const { frame: carried, changed, swapped, skipped, times } = await answer;
      this.#options.onTimes?.(times);
      if (changed) return { pixels: carried, swapped, skipped, release: () => memory.give(carried) };
      memory.give(carried);
      return { pixels, swapped, skipped };
    } finally {
      this.#work = undefined;
      this.#worker.unref();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the thread, whatever it is doing; a frame at work is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToWorker, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'swapped':
        this.#work?.resolve(message);
        return;
      case 'failed':
        this.#options.memory.give(message.frame);
        this.#work?.reject(fromReport(message.report));
        return;
      case 'question':
        void this.#answer(message);
    }
  }

  async #answer({ question, service, request }: Extract<FromWorker, { type: 'question' }>): Promise<void> {
    try {
      const serve = this.#options.services[service] as (request: unknown) => Promise<unknown>;
      this.#send({ type: 'answer', question, value: await serve(request) });
    } catch (error) {
      this.#send({ type: 'refusal', question, report: toReport(error) });
    }
  }

  #lose(cause?: unknown): void {
    this.#lost ??= new FrameThreadLostError('A thread that exchanges faces ended unexpectedly.', {
      action: 'Resume the job; when it happens again, close other programs to free memory.',
      cause,
    });
    this.#work?.reject(this.#lost);
  }
}
