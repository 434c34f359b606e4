/** Files of the desktop shell: chosen in the system's dialogs or dropped on the window. */
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import type { GrantedFile } from '#shared/contract.ts';
import { FORMAT_ENDINGS, toSafeName, withFormatEnding } from './file-names.ts';
import type { GrantTable } from './grant-table.ts';
import { openPrivateFolder } from './private-folder.ts';
import type { RecentFiles } from './recent-files.ts';
import type { FileDesk } from './shell-router.ts';

export const PICTURE_ENDINGS = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'avif', 'gif'] as const;

interface FileFilter {
  name: string;
  extensions: string[];
}

/** The system's dialogs, as the shell needs them. */
export interface SystemDialogs {
  /** Paths, or none when the dialog was closed. */
  open(options: { multiple: boolean; filters: FileFilter[] }): Promise<readonly string[]>;
  save(options: { name: string; filters: FileFilter[] }): Promise<string | undefined>;
  showInFolder(file: string): void;
}

export interface DesktopFiles extends AsyncDisposable {
  readonly desk: FileDesk;
  /**
   * Grants a file that was dropped on the window.
   * @param file what the preload script found behind the drop; checked here again
   * @throws InputError
   */
  grantDropped(file: unknown): Promise<GrantedFile>;
}

export interface DesktopFilesOptions {
  readonly grants: GrantTable;
  readonly recent: RecentFiles;
  readonly dialogs: SystemDialogs;
}

export async function openDesktopFiles({ grants, recent, dialogs }: DesktopFilesOptions): Promise<DesktopFiles> {
  const pasted = await openPrivateFolder();

  async function grant(file: string): Promise<GrantedFile> {
    await recent.add(file);
    return grants.grantRead(file);
  }

  return {
    async grantDropped(file) {
      if (typeof file !== 'string' || !path.isAbsolute(file))
        throw new InputError('There is no file behind this drop.');
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile() !== true) {
        throw new InputError('This is not a file.', { file: path.basename(file), action: 'Drop picture files.' });
      }
      return grant(file);
    },
    desk: {
      async openDialog({ multiple }) {
        const files = await dialogs.open({
          multiple,
          // Files are known by their content; a picture under another name can still be chosen.
          filters: [
            { name: 'Pictures', extensions: [...PICTURE_ENDINGS] },
            { name: 'All files', extensions: ['*'] },
          ],
        });
        return files.length === 0 ? null : Promise.all(files.map(grant));
      },
      async grantBytes({ name, bytes }) {
        const safe = toSafeName(name);
        try {
          const file = await pasted.place(safe);
          await writeFile(file, bytes.stream(), { flag: 'wx', mode: 0o600 });
          return grants.grantRead(file, safe);
        } catch (error) {
          throw toStorageError(error, safe);
        }
      },
      async saveDialog({ name, format }) {
        const ending = FORMAT_ENDINGS[format].slice(1);
        const chosen = await dialogs.save({
          name: withFormatEnding(name, format),
          filters: [{ name: `${format.toUpperCase()} picture`, extensions: [ending] }],
        });
        if (chosen === undefined) return null;
        // The user's own choice of an ending stands; a name without one gets the format's.
        const file = path.extname(chosen) === '' ? `${chosen}.${ending}` : chosen;
        return { to: grants.grantWrite(file), name: path.basename(file) };
      },
      async reveal(saved) {
        const file = grants.written(saved);
        if (file === undefined) return false;
        dialogs.showInFolder(file.path);
        return true;
      },
    },
    [Symbol.asyncDispose]: () => pasted[Symbol.asyncDispose](),
  };
}
