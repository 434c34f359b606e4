/**
 * Large files of pages in a browser: videos, weights, folders of them. They lie in the user's data folder (a temporary
 * folder is often held in memory) and are deleted when the page releases them or is gone, and when the studio ends.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import type { FileHandle, GrantedFile } from '#shared/contract.ts';
import { toSafeName } from './file-names.ts';
import type { GrantTable } from './grant-table.ts';
import { openPrivateFolder, type PrivateFolder, removeLeftovers } from './private-folder.ts';
import { type IncomingBytes, receiveFile } from './receive-file.ts';

export interface Uploads extends AsyncDisposable {
  /**
   * Streams one file and grants it.
   * @throws TooLargeError, StorageError, CancelledError
   */
  receive(name: string, incoming: IncomingBytes): Promise<GrantedFile>;
  /** Grants an empty folder. @throws StorageError */
  newFolder(name: string): Promise<GrantedFile>;
  /**
   * Streams one file into a folder of `newFolder`.
   * @param name relative to the folder, parted by slashes
   * @throws InputError for an unknown folder or a name that is there already, TooLargeError for more than the limit in
   *   the folder as a whole, StorageError, CancelledError
   */
  receiveInto(folder: FileHandle, name: string, incoming: IncomingBytes): Promise<void>;
  /** Ends what still arrives for it and deletes it; false when it is no upload. */
  remove(file: FileHandle): Promise<boolean>;
  removeAll(): Promise<void>;
}

export interface UploadsOptions {
  readonly grants: GrantTable;
  /** The folder that uploads lie under; made when the first one comes. */
  readonly parent: string;
  /** Largest file, bytes. */
  readonly limitBytes: number;
  /** Most bytes in one folder. */
  readonly folderLimitBytes: number;
}

interface Upload {
  /** Path of the file or folder that is granted; it lies in a folder of its own. */
  readonly place: string;
  readonly ended: AbortController;
  readonly arriving: Set<Promise<unknown>>;
  bytes: number;
}

const MAX_DEPTH = 8;

/** Nothing is made before the first upload; what a killed studio left is removed at once. */
export function openUploads({ grants, parent, limitBytes, folderLimitBytes }: UploadsOptions): Uploads {
  const uploads = new Map<FileHandle, Upload>();
  // A folder that cannot be tidied is no reason not to start; the first upload says what is wrong with it.
  const tidied = removeLeftovers(parent).catch(() => undefined);
  let opening: Promise<PrivateFolder> | undefined;

  function open(): Promise<PrivateFolder> {
    opening ??= tidied
      .then(() => mkdir(parent, { recursive: true, mode: 0o700 }))
      .then(() => openPrivateFolder(parent))
      .catch((error: unknown) => {
        opening = undefined;
        throw toStorageError(error, parent);
      });
    return opening;
  }

  async function discard({ place, ended, arriving }: Upload): Promise<void> {
    ended.abort();
    await Promise.allSettled(arriving);
    await rm(path.dirname(place), { recursive: true, force: true });
  }

  async function place(name: string): Promise<Upload> {
    const folder = await open();
    return { place: await folder.place(name), ended: new AbortController(), arriving: new Set(), bytes: 0 };
  }

  return {
    async receive(name, incoming) {
      const safe = toSafeName(name);
      const upload = await place(safe);
      try {
        await receiveFile(upload.place, incoming, { name: safe, limitBytes });
      } catch (error) {
        await discard(upload);
        throw error;
      }
      const granted = grants.grantRead(upload.place, safe, { temporary: true });
      uploads.set(granted.file, upload);
      return granted;
    },

    async newFolder(name) {
      const safe = toSafeName(name);
      const upload = await place(safe);
      await mkdir(upload.place, { mode: 0o700 }).catch((error: unknown) => {
        throw toStorageError(error, safe);
      });
      const granted = grants.grantRead(upload.place, safe, { temporary: true });
      uploads.set(granted.file, upload);
      return granted;
    },

    async receiveInto(folder, name, incoming) {
      const upload = uploads.get(folder);
      const isFolder = upload !== undefined && (await stat(upload.place).catch(() => undefined))?.isDirectory();
      if (!isFolder) throw new InputError('There is no such folder.', { file: toSafeName(name) });
      const parts = name.split(/[\\/]/).filter((part) => part !== '');
      if (parts.length > MAX_DEPTH)
        throw new InputError('This folder is nested too deeply.', { file: toSafeName(name) });
      // Every part is made safe by itself, so that the file cannot end up outside.
      const file = path.join(upload.place, ...parts.map(toSafeName));
      const arriving = (async () => {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
          throw toStorageError(error, name);
        });
        const left = Math.min(limitBytes, folderLimitBytes - upload.bytes);
        const options = { name: parts.join('/'), limitBytes: left, signal: upload.ended.signal };
        upload.bytes += await receiveFile(file, incoming, options);
      })();
      upload.arriving.add(arriving);
      await arriving.finally(() => upload.arriving.delete(arriving));
    },

    async remove(file) {
      const upload = uploads.get(file);
      if (upload === undefined) return false;
      uploads.delete(file);
      grants.revoke(file);
      await discard(upload);
      return true;
    },

    async removeAll() {
      await Promise.all([...uploads.keys()].map((file) => this.remove(file)));
    },

    async [Symbol.asyncDispose]() {
      await this.removeAll();
      await opening?.then(
        (folder) => folder[Symbol.asyncDispose](),
        () => undefined,
      );
    },
  };
}
