/** Small checked JSON files, written whole. */
import { readFile } from 'node:fs/promises';
import type { ZodType } from 'zod';
import { InputError } from '#engine/errors.ts';
import { codeOf, toStorageError, writeFileAtomic } from '#engine/files/atomic.ts';

/**
 * The document, or undefined where there is none.
 * @throws InputError for one that is damaged or of another version, StorageError when the system refuses to read it
 */
export async function readJson<T>(file: string, schema: ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw toStorageError(error, file);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError('This file of a job is damaged, or was written by another version of the studio.', {
      file,
      action: 'Remove the job and begin anew.',
      cause,
    });
  }
}

/** @throws StorageError */
export const writeJson = (file: string, document: unknown): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(document)}\n`);
