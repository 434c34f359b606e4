// What landed in a packed application.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { getRawHeader } from '@electron/asar';

/** Files of the archive: `{ path, bytes, unpacked }`, largest first. */
export function archiveFiles(archive) {
  const files = [];
  const walk = (node, folder) => {
    for (const [name, entry] of Object.entries(node.files)) {
      const file = folder === '' ? name : `${folder}/${name}`;
      if (entry.files) walk(entry, file);
      else files.push({ path: file, bytes: entry.size ?? 0, unpacked: entry.unpacked === true });
    }
  };
  walk(getRawHeader(archive).header, '');
  return files.sort((a, b) => b.bytes - a.bytes);
}

/** Files of a folder: `{ path, bytes }`. */
export function folderFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { path: path.relative(folder, file).split(path.sep).join('/'), bytes: statSync(file).size };
    });
}

/** The package that a file belongs to, or the top folder of the studio's own files. */
const ownerOf = (file) =>
  /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/');

/** Number and bytes of files by owner, largest first: `{ owner, files, bytes, unpackedBytes }`. */
export function sumByOwner(files) {
  const owners = new Map();
  for (const { path: file, bytes, unpacked } of files) {
    const owner = ownerOf(file);
    const sum = owners.get(owner) ?? { owner, files: 0, bytes: 0, unpackedBytes: 0 };
    sum.files += 1;
    sum.bytes += bytes;
    if (unpacked) sum.unpackedBytes += bytes;
    owners.set(owner, sum);
  }
  return [...owners.values()].sort((a, b) => b.bytes - a.bytes);
}
