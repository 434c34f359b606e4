/** A video that went away, or out of reach, while ffmpeg was to read it. */
import type { InputError } from '#engine/errors.ts';
import { toReadError } from '#engine/image/read-file.ts';
import type { ToolError } from './tool-process.ts';

/** System refusals by the words that ffmpeg prints for them. */
const SYSTEM_CODES: readonly (readonly [words: RegExp, code: string])[] = [
  [/no such file or directory/i, 'ENOENT'],
  [/permission denied/i, 'EACCES'],
  [/input\/output error/i, 'EIO'],
];

/**
 * What the system said about reading the file; undefined where it said nothing.
 * @param path where other files may have failed too: the one that the line must name
 * @param file as the user knows it
 */
export function lostFile({ lines }: ToolError, file: string, path = ''): InputError | undefined {
  const said = lines.filter((line) => line.includes(path));
  const [, code] = SYSTEM_CODES.find(([words]) => said.some((line) => words.test(line))) ?? [];
  return code === undefined ? undefined : toReadError(Object.assign(new Error(said.at(-1)), { code }), file);
}
