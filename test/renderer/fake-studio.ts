/** A studio link in memory: photos with one face each, swaps that wait for the test's word. */
import {
  type EngineStatus,
  fileHandleSchema,
  type PhotoInfo,
  photoIdSchema,
  resultIdSchema,
  type SwapEvent,
  type SwapRequest,
} from '#shared/contract.ts';
import type { ModelsState } from '#shared/contract-models.ts';
import type { JobWatchEvent } from '#shared/contract-video.ts';
import { type AppSettings, DEFAULT_APP_SETTINGS, DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import type { EngineClient, ShellClient, StudioLink } from '../../src/renderer/link/studio-link.ts';
import { emptyDocument } from '../../src/renderer/model/document.ts';
import { startHistory } from '../../src/renderer/model/history.ts';
import { useConnection } from '../../src/renderer/state/connection.ts';
import { useEdit } from '../../src/renderer/state/edit.ts';
import { useModels } from '../../src/renderer/state/models.ts';
import { usePhotos } from '../../src/renderer/state/photos.ts';
import { usePreferences } from '../../src/renderer/state/preferences.ts';
import { useRun } from '../../src/renderer/state/run.ts';
import { useUi } from '../../src/renderer/state/ui.ts';

const lost = () => Object.assign(new Error('queue was closed'), { name: 'AbortError' });
const padded = (n: number): string => String(n).padStart(8, '0');

export interface FakeRun {
  readonly request: SwapRequest;
  readonly signal: AbortSignal | undefined;
  progress(fraction: number): void;
  finish(milliseconds?: number): void;
  /** The engine process ends. */
  lose(): void;
}

/** A queue that an event iterator reads. */
class Channel<T> {
  readonly #items: (T | Error | null)[] = [];
  #wake: () => void = () => undefined;

  push(item: T | Error | null): void {
    this.#items.push(item);
    this.#wake();
  }

  async *read(): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (item === null) return;
      if (item instanceof Error) throw item;
      yield item;
    }
  }
}

export class FakeStudio {
  readonly runs: FakeRun[] = [];
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  readonly released: string[] = [];
  readonly status = new Channel<EngineStatus>();
  readonly jobs = new Channel<JobWatchEvent>();
  settings: AppSettings = { ...DEFAULT_APP_SETTINGS, tourSeen: true };
  readonly exported: string[] = [];
  restarts = 0;
  readonly notices: string[] = [];
  models: ModelsState = { packs: [], features: [], engines: [] };
  /** The engine's loop: while it hangs no call is answered. */
  hanging = false;
  /** Runs that were asked for a draft make one. */
  hasDrafts = false;
  #ids = 0;

  readonly link: StudioLink = {
    shell: () => this.#shell() as unknown as ShellClient,
    engine: () => this.#engine() as unknown as EngineClient,
    grant: (file) =>
      Promise.resolve({
        file: fileHandleSchema.parse(`file_${file.name.replace(/\W/g, '-').padEnd(8, '-')}`),
        name: file.name,
      }),
    grantFolder: ({ name }) => Promise.resolve({ file: fileHandleSchema.parse('file_the-folder'), name }),
    release: (file) => {
      this.released.push(file);
    },
  };

  #engine() {
    return {
      photo: {
        open: ({ file }: { file: string }) => Promise.resolve(this.#photo(file)),
        close: ({ photo }: { photo: string }) => {
          this.closed.push(photo);
          return Promise.resolve({ closed: true });
        },
      },
      jobs: { watch: () => Promise.resolve(this.jobs.read()) },
      swap: {
        run: (request: SwapRequest, options?: { signal?: AbortSignal }) =>
          Promise.resolve(this.#run(request, options?.signal)),
        export: ({ result }: { result: string }) => {
          this.exported.push(result);
          return Promise.resolve({ bytes: 1, width: 400, height: 300 });
        },
      },
      settings: {
        get: () => (this.hanging ? new Promise<never>(() => undefined) : Promise.resolve(this.settings)),
        set: (settings: AppSettings) => {
          this.settings = settings;
          return Promise.resolve(settings);
        },
        notices: () => Promise.resolve(this.notices.splice(0)),
      },
      models: { list: () => Promise.resolve(this.models) },
    };
  }

  #shell() {
    return {
      info: () => Promise.resolve({ kind: 'web', version: '0', platform: 'test' }),
      engineStatus: () => Promise.resolve(this.status.read()),
      restartEngine: () => {
        this.restarts += 1;
        return Promise.resolve({ state: 'restarting', generation: this.restarts });
      },
      files: {
        saveDialog: ({ name }: { name: string }) => Promise.resolve({ to: 'save_00000001', name }),
        reveal: () => Promise.resolve({ shown: true }),
      },
    };
  }

  #photo(file: string): PhotoInfo {
    this.#ids += 1;
    this.opened.push(file);
    const landmarks68 = Array.from({ length: 68 }, (): [number, number] => [0, 0]);
    return {
      photo: photoIdSchema.parse(`photo_${padded(this.#ids)}`),
      name: file,
      width: 400,
      height: 300,
      format: 'png',
      grey: false,
      hasAlpha: false,
      bitDepth: 8,
      notices: [],
      faces: [
        { index: 0, box: [100, 50, 80, 100], score: 1, yaw: 0, pitch: 0, roll: 0, landmarks68, warnings: [] },
        { index: 1, box: [250, 50, 60, 80], score: 1, yaw: 0, pitch: 0, roll: 0, landmarks68, warnings: [] },
      ],
    };
  }

  #run(request: SwapRequest, signal: AbortSignal | undefined): AsyncGenerator<SwapEvent> {
    const channel = new Channel<SwapEvent>();
    this.#ids += 1;
    const result = resultIdSchema.parse(`result_${padded(this.#ids)}`);
    signal?.addEventListener('abort', () => channel.push(lost()));
    this.runs.push({
      request,
      signal,
      progress: (fraction) => channel.push({ type: 'progress', face: 0, faces: 1, stage: 'align', fraction }),
      finish: (milliseconds = 5) => {
        const faces = request.assignments.map(({ targetFace }) => ({
          targetFace,
          warnings: [],
          stages: [],
          touched: [0, 0, 1, 1] as [number, number, number, number],
        }));
        const swap = {
          result,
          engine: 'classic' as const,
          draft: request.draft === true && this.hasDrafts,
          width: 400,
          height: 300,
          faces,
          times: [],
          milliseconds,
        };
        channel.push({ type: 'done', result: swap });
        channel.push(null);
      },
      lose: () => channel.push(lost()),
    });
    return channel.read();
  }
}

/** Every store as it is at the start of the program. */
export function resetStores(): void {
  useConnection.setState(useConnection.getInitialState(), true);
  usePhotos.setState(usePhotos.getInitialState(), true);
  usePreferences.setState(usePreferences.getInitialState(), true);
  useModels.setState(useModels.getInitialState(), true);
  useRun.setState(useRun.getInitialState(), true);
  useUi.setState(useUi.getInitialState(), true);
  useEdit.setState({ history: startHistory(emptyDocument(DEFAULT_SWAP_SETTINGS)), selectedFace: null });
}
