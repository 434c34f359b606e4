/** Files of the web shell: uploads and downloads lie in private folders that end with the process. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { UsageError } from '#engine/errors.ts';
import { WEB_PATHS } from '#shared/bridge.ts';
import { type FileKind, type GrantedFile, saveHandleSchema } from '#shared/contract.ts';
import { toSafeName, withFormatEnding } from './file-names.ts';
import type { GrantTable } from './grant-table.ts';
import { openPrivateFolder } from './private-folder.ts';
import { type IncomingBytes, receiveFile } from './receive-file.ts';
import type { RecentFiles } from './recent-files.ts';
import type { FileDesk } from './shell-router.ts';
import { openUploads, type Uploads } from './uploads.ts';

export interface WebFiles extends AsyncDisposable {
  readonly desk: FileDesk;
  /**
   * Streams bytes into a private folder and grants them. A picture stays for the recent list until the studio ends.
   * @throws TooLargeError, StorageError, CancelledError
   */
  upload(name: string, kind: Exclude<FileKind, 'folder'>, incoming: IncomingBytes): Promise<GrantedFile>;
  readonly uploads: Pick<Uploads, 'receiveInto' | 'remove' | 'removeAll'>;
  /** The finished file behind the last part of a download address. */
  download(handle: string): { path: string; name: string } | undefined;
}

export interface WebFilesOptions {
  readonly grants: GrantTable;
  readonly recent: RecentFiles;
  /** Largest upload, bytes. */
  readonly limitBytes: number;
  /** The folder that large uploads lie under. */
  readonly uploadsFolder: string;
}

/** A folder of uploads may hold as much as this many of the largest ones. */
const FOLDER_FILES = 4;

export async function openWebFiles({ grants, recent, limitBytes, uploadsFolder }: WebFilesOptions): Promise<WebFiles> {
  const folder = await openPrivateFolder();
  const folderLimitBytes = limitBytes * FOLDER_FILES;
  const uploads = openUploads({ grants, parent: uploadsFolder, limitBytes, folderLimitBytes });

  async function receivePicture(name: string, incoming: IncomingBytes): Promise<GrantedFile> {
    const safe = toSafeName(name);
    const file = await folder.place(safe);
    try {
      await receiveFile(file, incoming, { name: safe, limitBytes });
    } catch (error) {
      await rm(path.dirname(file), { recursive: true, force: true });
      throw error;
    }
    await recent.add(file, safe);
    return grants.grantRead(file, safe);
  }

  return {
    upload: (name, kind, incoming) =>
      kind === 'picture' ? receivePicture(name, incoming) : uploads.receive(name, incoming),
    uploads,
    desk: {
      // The page has its own file input; what it picks is uploaded.
      openDialog: async () => null,
      newFolder: ({ name }) => uploads.newFolder(name),
      grantBytes: ({ name, bytes }) =>
        receivePicture(name, {
          bytes: Readable.fromWeb(bytes.stream() as Parameters<typeof Readable.fromWeb>[0]),
          declaredBytes: bytes.size,
        }),
      release: async (file) => (await uploads.remove(file)) || grants.revoke(file),
      saveDialog: async ({ name, format }) => {
        if (format === 'pictures') {
          throw new UsageError('A browser cannot take a folder.', {
            action: 'Save a video, or use the desktop program or the command line.',
          });
        }
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
    async [Symbol.asyncDispose]() {
      await Promise.all([uploads[Symbol.asyncDispose](), folder[Symbol.asyncDispose]()]);
    },
  };
}
