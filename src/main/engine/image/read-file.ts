/** A picture file as bytes: one read, so that what was checked is what gets decoded. */
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { InputError } from '#engine/errors.ts';
import { checkFileBytes } from './limits.ts';

/** The advice for everything that is no picture. */
export const CHOOSE_PICTURE = 'Choose a JPEG, PNG, WebP, TIFF, AVIF or GIF picture.';

/**
 * The whole file.
 * @param file as the user knows it
 * @throws InputError when it is missing, not to be read, not a file, empty or too large
 */
export async function readPictureFile(path: string, file: string): Promise<Uint8Array> {
  const requireFile = (info: Stats): void => {
    if (info.isDirectory()) throw new InputError('This is a folder, not a picture.', { file, action: CHOOSE_PICTURE });
    if (!info.isFile()) throw new InputError('This is a device, not a picture.', { file, action: CHOOSE_PICTURE });
    checkFileBytes(info.size, file);
  };
  try {
    // Before it is opened: opening a named pipe waits until somebody writes to it.
    requireFile(await stat(path));
    await using handle = await open(path, 'r');
    requireFile(await handle.stat());
    return await handle.readFile();
  } catch (error) {
    throw toReadError(error, file);
  }
}

const READ_REASONS: Readonly<Record<string, readonly [message: string, action: string]>> = {
  ENOENT: ['There is no such file.', 'Check the name and the folder.'],
  ENOTDIR: ['There is no such file.', 'Check the name and the folder.'],
  EACCES: ['Reading this file is not permitted.', 'Change its permissions or choose another file.'],
  EPERM: ['Reading this file is not permitted.', 'Change its permissions or choose another file.'],
  // Windows refuses to open a folder at all.
  EISDIR: ['This is a folder, not a picture.', CHOOSE_PICTURE],
  ELOOP: ['Links lead in a circle here.', 'Choose the file itself.'],
  ENAMETOOLONG: ['The file name is too long.', 'Give it a shorter name.'],
};

/** The system's refusal to read as an `InputError`. */
export function toReadError(error: unknown, file: string): InputError {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const [message, action] = READ_REASONS[code] ?? [`The file cannot be read (${code}).`, 'Choose another file.'];
  return new InputError(message, { file, action, cause: error });
}
