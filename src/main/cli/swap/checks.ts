/** Everything about the files of a swap that can be refused before the engine starts. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '#engine/errors.ts';
import { assertWritable, isSameFile } from '#engine/files/atomic.ts';
import type { SwapOptions } from './options.ts';

/** @throws UsageError, StorageError */
export async function checkFiles({ target, out, stages }: SwapOptions, sources: readonly string[]): Promise<void> {
  await refuseOverwriting(out.file, [target, ...sources]);
  await assertWritable(out.file);
  if (stages === undefined) return;
  const info = await stat(stages).catch(() => undefined);
  if (info && !info.isDirectory()) {
    throw new UsageError('This is not a folder.', { file: stages, action: 'Choose another name for --stages.' });
  }
  // A folder that is not there yet is made with the first picture.
  await assertWritable(info ? path.join(stages, 'stage.png') : stages);
}

/** @throws UsageError when the result would take the place of a photo that it is made from */
export async function refuseOverwriting(out: string, photos: readonly string[]): Promise<void> {
  for (const photo of photos) {
    if (!(await isSameFile(out, photo))) continue;
    throw new UsageError('This is one of the photos that go in; they are never overwritten.', {
      file: out,
      action: 'Choose another name for --out.',
    });
  }
}
