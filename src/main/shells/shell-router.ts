/** The shell's calls (`shellContract`), the same for both shells; what differs is behind `FileDesk`. */
import { implement } from '@orpc/server';
import { type PlainRouter, toRpcError } from '#main/rpc/serve.ts';
import {
  type EngineStatus,
  type FileHandle,
  type FileKind,
  type GrantedFile,
  type SaveFormat,
  type SaveHandle,
  shellContract,
} from '#shared/contract.ts';
import type { GrantTable } from './grant-table.ts';
import type { RecentFiles } from './recent-files.ts';
import type { Supervisor } from './supervisor.ts';

export interface ShellInfo {
  readonly kind: 'desktop' | 'web';
  readonly version: string;
  readonly platform: string;
  /** Why this is the web shell although the desktop shell was asked for. */
  readonly fallbackReason?: string | undefined;
}

/** How a shell lets its user choose files. */
export interface FileDesk {
  openDialog(options: { kind: FileKind; multiple: boolean }): Promise<GrantedFile[] | null>;
  newFolder(folder: { name: string }): Promise<GrantedFile | null>;
  release(file: FileHandle): Promise<boolean>;
  grantBytes(file: { name: string; bytes: Blob }): Promise<GrantedFile>;
  saveDialog(options: {
    name: string;
    format: SaveFormat;
  }): Promise<{ to: SaveHandle; name: string; download?: string } | null>;
  reveal(saved: SaveHandle): Promise<boolean>;
}

export interface ShellServices {
  readonly info: ShellInfo;
  readonly supervisor: Supervisor;
  readonly grants: GrantTable;
  readonly desk: FileDesk;
  readonly recent: RecentFiles;
}

export function createShellRouter({ info, supervisor, grants, desk, recent }: ShellServices): PlainRouter {
  const os = implement(shellContract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw toRpcError(error);
    }
  });

  return os.router({
    info: os.info.handler(() => ({ ...info })),
    engineStatus: os.engineStatus.handler(async function* ({ signal }) {
      yield* statusChanges(supervisor, signal);
    }),
    restartEngine: os.restartEngine.handler(() => supervisor.restart()),
    files: {
      openDialog: os.files.openDialog.handler(({ input }) => desk.openDialog(input)),
      newFolder: os.files.newFolder.handler(({ input }) => desk.newFolder(input)),
      release: os.files.release.handler(async ({ input }) => ({ released: await desk.release(input.file) })),
      grantBytes: os.files.grantBytes.handler(({ input }) => desk.grantBytes(input)),
      saveDialog: os.files.saveDialog.handler(({ input }) => desk.saveDialog(input)),
      reveal: os.files.reveal.handler(async ({ input }) => ({ shown: await desk.reveal(input.saved) })),
    },
    recent: {
      list: os.recent.list.handler(() => recent.list()),
      open: os.recent.open.handler(async ({ input }) => {
        const { path, name } = await recent.find(input.id);
        await recent.add(path, name);
        return grants.grantRead(path, name);
      }),
      clear: os.recent.clear.handler(async () => ({ cleared: await recent.clear() })),
    },
  });
}

/** The present state at once, then every change, until the window stops listening. */
async function* statusChanges(
  supervisor: Supervisor,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineStatus, void, void> {
  const queue: EngineStatus[] = [supervisor.status];
  let wake: () => void = () => undefined;
  const off = supervisor.subscribe((status) => {
    queue.push(status);
    wake();
  });
  const stop = () => wake();
  signal?.addEventListener('abort', stop);
  try {
    while (signal?.aborted !== true) {
      const status = queue.shift();
      if (status) yield status;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    off();
    signal?.removeEventListener('abort', stop);
  }
}
