/** What a program's failure to write means for its user. */
import { StorageError, type StudioError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import type { ToolError } from './tool-process.ts';

/** System refusals by the words that ffmpeg prints for them. */
const SYSTEM_CODES: readonly (readonly [words: RegExp, code: string])[] = [
  [/no space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/read-only file system/i, 'EROFS'],
  [/permission denied/i, 'EACCES'],
  [/file too large/i, 'EFBIG'],
  [/input\/output error/i, 'EIO'],
];

/** The failure of a program that writes `file`, with the disk's reason where the disk refused. */
export function storageFailure(error: ToolError, file: string): StudioError {
  const text = error.lines.join('\n');
  const code = SYSTEM_CODES.find(([words]) => words.test(text))?.[1];
  if (code !== undefined) return toStorageError({ code }, file);
  return new StorageError(`ffmpeg could not write the video: ${error.message}`, { file, cause: error });
}
