/** What a drop holds: files, and folders with everything in them. */
import type { PickedFolder } from '../link/studio-link.ts';

export interface Dropped {
  readonly files: readonly File[];
  readonly folders: readonly PickedFolder[];
}

/** Must be called while the event is handled: the browser forgets the drop afterwards. */
export function readDrop(data: DataTransfer): Promise<Dropped> {
  const found = [...data.items].flatMap((item) => {
    const file = item.getAsFile();
    const entry = item.webkitGetAsEntry();
    return file === null && entry === null ? [] : [{ file, entry }];
  });
  return collect(found);
}

async function collect(
  found: readonly { readonly file: File | null; readonly entry: FileSystemEntry | null }[],
): Promise<Dropped> {
  const files: File[] = [];
  const folders: PickedFolder[] = [];
  for (const { file, entry } of found) {
    if (entry && isFolder(entry)) {
      folders.push({ name: entry.name, self: file ?? undefined, files: await filesIn(entry, '') });
    } else if (file) files.push(file);
  }
  return { files, folders };
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function filesIn(folder: FileSystemDirectoryEntry, before: string): Promise<PickedFolder['files']> {
  const reader = folder.createReader();
  const found: PickedFolder['files'][number][] = [];
  // A reader gives a part at a time, and nothing when it is done.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    for (const entry of part) {
      const name = `${before}${entry.name}`;
      if (isFolder(entry)) found.push(...(await filesIn(entry, `${name}/`)));
      else if (isFile(entry)) {
        const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
        found.push({ name, file });
      }
    }
  }
}

/** The folder that an `<input webkitdirectory>` was given; undefined when nothing was chosen. */
export function pickedFolder(files: readonly File[]): PickedFolder | undefined {
  const [first] = files;
  if (!first) return undefined;
  const [name = 'folder'] = first.webkitRelativePath.split('/');
  return {
    name,
    files: files.map((file) => ({ name: file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file })),
  };
}
