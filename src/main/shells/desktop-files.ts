/** Files of the desktop shell: chosen in the system's dialogs or dropped on the window. */
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { FILE_KINDS, type FileKind, type GrantedFile, type SaveFormat } from '#shared/contract.ts';
import { FORMAT_ENDINGS, toSafeName, withFormatEnding } from './file-names.ts';
import type { GrantTable } from './grant-table.ts';
import { openPrivateFolder } from './private-folder.ts';
import type { RecentFiles } from './recent-files.ts';
import type { FileDesk } from './shell-router.ts';

const SAVE_TITLES: Readonly<Record<SaveFormat, string>> = {
  png: 'PNG picture',
  jpeg: 'JPEG picture',
  webp: 'WebP picture',
  tiff: 'TIFF picture',
  mp4: 'MP4 video',
  mov: 'QuickTime video',
  mkv: 'Matroska video',
  webm: 'WebM video',
  pictures: 'Folder of pictures',
  safetensors: 'Tuned weights',
};

interface FileFilter {
  name: string;
  extensions: string[];
}

/** What the open dialog shows first. Files are known by their content: one under another name can still be chosen. */
const FILTERS: Readonly<Record<Exclude<FileKind, 'folder'>, FileFilter>> = {
  picture: { name: 'Pictures', extensions: ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'avif', 'gif'] },
  video: {
    name: 'Videos',
    extensions: ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'ts', 'm2ts', 'flv', 'wmv', 'gif'],
  },
  weights: { name: 'Weights', extensions: ['pt', 'pth', 'tar', 'ckpt', 'bin', 'safetensors'] },
};

/** The system's dialogs, as the shell needs them. */
export interface SystemDialogs {
  /** Paths, or none when the dialog was closed. @param options.folder folders are chosen, not files */
  open(options: { folder: boolean; multiple: boolean; filters: FileFilter[] }): Promise<readonly string[]>;
  save(options: { name: string; filters: FileFilter[] }): Promise<string | undefined>;
  showInFolder(file: string): void;
}

export interface DesktopFiles extends AsyncDisposable {
  readonly desk: FileDesk;
  /**
   * Grants a file or folder that was dropped on the window.
   * @param file what the preload script found behind the drop; checked here again
   * @param kind what it is dropped for, checked here again
   * @throws InputError
   */
  grantDropped(file: unknown, kind: unknown): Promise<GrantedFile>;
}

export interface DesktopFilesOptions {
  readonly grants: GrantTable;
  readonly recent: RecentFiles;
  readonly dialogs: SystemDialogs;
}

export async function openDesktopFiles({ grants, recent, dialogs }: DesktopFilesOptions): Promise<DesktopFiles> {
  const pasted = await openPrivateFolder();

  async function grant(file: string, kind: FileKind): Promise<GrantedFile> {
    // The list of recent files is one of pictures.
    if (kind === 'picture') await recent.add(file);
    return grants.grantRead(file);
  }

  return {
    async grantDropped(file, kind) {
      const known = FILE_KINDS.find((row) => row === kind);
      if (known === undefined) throw new InputError('There is nothing of this kind to drop.');
      if (typeof file !== 'string' || !path.isAbsolute(file))
        throw new InputError('There is no file behind this drop.');
      const found = await stat(file).catch(() => undefined);
      const fits = known === 'folder' ? found?.isDirectory() : found?.isFile();
      if (fits !== true) {
        const what = known === 'folder' ? 'folder' : 'file';
        throw new InputError(`This is not a ${what}.`, { file: path.basename(file), action: `Drop a ${what}.` });
      }
      return grant(file, known);
    },
    desk: {
      async openDialog({ kind, multiple }) {
        const filters = kind === 'folder' ? [] : [FILTERS[kind], { name: 'All files', extensions: ['*'] }];
        const files = await dialogs.open({ folder: kind === 'folder', multiple, filters });
        return files.length === 0 ? null : Promise.all(files.map((file) => grant(file, kind)));
      },
      // A folder is granted where it lies.
      newFolder: async () => null,
      release: async (file) => grants.revoke(file),
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
          filters: ending === '' ? [] : [{ name: SAVE_TITLES[format], extensions: [ending] }],
        });
        if (chosen === undefined) return null;
        // The user's own choice of an ending stands; a name without one gets the format's.
        const file = ending !== '' && path.extname(chosen) === '' ? `${chosen}.${ending}` : chosen;
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
