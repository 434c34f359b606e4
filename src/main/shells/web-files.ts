/** Files of the web shell: uploads and downloads lie in a private folder that ends with the process. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { WEB_PATHS } from '#shared/bridge.ts';
import { type GrantedFile, saveHandleSchema } from '#shared/contract.ts';
import { toSafeName, withFormatEnding } from './file-names.ts';
import type { GrantTable } from './grant-table.ts';
import { openPrivateFolder } from './private-folder.ts';
import type { RecentFiles } from './recent-files.ts';
import type { FileDesk } from './shell-router.ts';

export interface WebFiles extends AsyncDisposable {
  readonly desk: FileDesk;
  /**
   * Streams bytes into the private folder and grants them.
   * @throws InputError when there are more than the limit, StorageError
   */
  upload(name: string, bytes: Readable, declaredBytes: number | undefined): Promise<GrantedFile>;
  /** The finished file behind the last part of a download address. */
  download(handle: string): { path: string; name: string } | undefined;
}

export interface WebFilesOptions {
  readonly grants: GrantTable;
  readonly recent: RecentFiles;
  /** Largest upload, bytes. */
  readonly limitBytes: number;
}

export async function openWebFiles({ grants, recent, limitBytes }: WebFilesOptions): Promise<WebFiles> {
  const folder = await openPrivateFolder();

  async function upload(name: string, bytes: Readable, declaredBytes: number | undefined): Promise<GrantedFile> {
    const safe = toSafeName(name);
    const tooLarge = () =>
      new InputError(`The file is larger than ${formatBytes(limitBytes)}.`, {
        file: safe,
        action: 'Choose a smaller file.',
      });
    if (declaredBytes !== undefined && declaredBytes > limitBytes) throw tooLarge();
    const file = await folder.place(safe);
    let taken = 0;
    const limiter = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        taken += chunk.byteLength;
        if (taken > limitBytes) done(tooLarge());
        else done(null, chunk);
      },
    });
    try {
      await pipeline(bytes, limiter, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await rm(path.dirname(file), { recursive: true, force: true });
      throw error instanceof InputError ? error : toStorageError(error, safe);
    }
    await recent.add(file, safe);
    return grants.grantRead(file, safe);
  }

  return {
    upload,
    desk: {
      // The page has its own file input; what it picks is uploaded.
      openDialog: async () => null,
      grantBytes: ({ name, bytes }) =>
        upload(name, Readable.fromWeb(bytes.stream() as Parameters<typeof Readable.fromWeb>[0]), bytes.size),
      saveDialog: async ({ name, format }) => {
        const safe = withFormatEnding(name, format);
        const to = grants.grantWrite(await folder.place(safe), safe);
        return { to, name: safe, download: `${WEB_PATHS.download}${to}` };
      },
      // The browser has the file; where it put it is not known here.
      reveal: async () => false,
    },
    download: (handle) => {
      const parsed = saveHandleSchema.safeParse(handle);
      return parsed.success ? grants.written(parsed.data) : undefined;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${units[power]}`;
}
