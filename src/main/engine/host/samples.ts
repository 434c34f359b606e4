/** The sample faces that come with the studio: rendered pictures of people who do not exist. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type FileHandle, fileHandleSchema } from '#shared/contract.ts';

export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly file: FileHandle;
  readonly path: string;
  /** File name. */
  readonly name: string;
}

/** `models/samples/samples.json`. */
const catalogueSchema = z.array(
  z.object({ id: z.string().regex(/^[a-z0-9-]{1,40}$/), title: z.string(), file: z.string().regex(/^[\w-]+\.\w+$/) }),
);

/**
 * Reads the catalogue. The handles of samples say their id, so that they mean the same in every engine process.
 * An installation without samples has none; a broken catalogue is an error.
 */
export async function readSamples(folder: string): Promise<Sample[]> {
  let text: string;
  try {
    text = await readFile(path.join(folder, 'samples.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return catalogueSchema.parse(JSON.parse(text)).map(({ id, title, file }) => ({
    id,
    title,
    file: fileHandleSchema.parse(`file_sample-${id}`),
    path: path.join(folder, file),
    name: file,
  }));
}
