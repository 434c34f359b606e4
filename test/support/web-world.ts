/** The web shell with a fake engine, for tests of what its pages can do. */
import path from 'node:path';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';
import { startWebShell, type WebShell } from '#main/shells/web.ts';
import { photoIdSchema, type SwapRequest } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { createFakeApp, type FakeApp } from './fake-app.ts';
import { connectStudio, enter } from './web-client.ts';

export type WebClient = Awaited<ReturnType<typeof connectStudio>>;

export interface WebWorld {
  readonly fake: FakeApp;
  readonly shell: WebShell;
  readonly url: URL;
  /** Of a page that was let in. */
  readonly headers: { readonly cookie: string; readonly origin: string };
  /** The process that serves the pages now. */
  readonly enginePid: () => number;
  /** Everyone who connected and was not taken out of this list. */
  readonly clients: WebClient[];
  connect(): Promise<WebClient>;
  stop(): Promise<void>;
}

/** Milliseconds. */
const UPLOADS_STAY_MS = 100;

/** Uploads of up to 1000 bytes; those of pages that are gone stay for a moment. */
export async function startWebWorld(): Promise<WebWorld> {
  const fake = await createFakeApp();
  const launch = nodeEngineLauncher({ entry: fake.app.engineEntry });
  let enginePid = 0;
  const shell = await startWebShell({
    app: fake.app,
    uploadLimitBytes: 1000,
    uploadsFolder: path.join(fake.app.root, 'uploads'),
    uploadsStayMs: UPLOADS_STAY_MS,
    fallbackReason: 'for a test',
    launch: () => {
      const engine = launch();
      enginePid = engine.pid ?? 0;
      return engine;
    },
  });
  const url = new URL(shell.url);
  const headers = await enter(url);
  const clients: WebClient[] = [];
  return {
    ...{ fake, shell, url, headers, clients },
    enginePid: () => enginePid,
    async connect() {
      const client = await connectStudio(url, headers);
      clients.push(client);
      return client;
    },
    async stop() {
      await shell.close();
      await fake.remove();
    },
  };
}

const photo = photoIdSchema.parse('photo_00000000');
/** A swap of nobody in particular. */
export const ANY_SWAP: SwapRequest = {
  target: photo,
  assignments: [{ targetFace: 0, source: photo, sourceFace: 0 }],
  settings: DEFAULT_SWAP_SETTINGS,
};

/** One that is at work until it is cancelled or its engine ends. */
export const HELD_SWAP: SwapRequest = { ...ANY_SWAP, settings: { ...DEFAULT_SWAP_SETTINGS, amount: 0 } };

export async function firstStatus(studio: WebClient) {
  for await (const status of await studio.shell.engineStatus()) return status;
  throw new Error('no status');
}
