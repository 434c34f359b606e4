/** Everything about the files of a swap that can be refused before the engine starts. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError, UsageError } from '#engine/errors.ts';
import { assertWritable, isSameFile } from '#engine/files/atomic.ts';
import { IDENTIFY_BYTES, identify } from '#engine/image/probe.ts';
import type { SwapOptions } from './options.ts';

/** @throws UsageError, InputError, StorageError */
export async function checkFiles({ target, out, stages }: SwapOptions, sources: readonly string[]): Promise<void> {
  await refuseOverwriting(out.file, [target, ...sources]);
  await refuseVideo(target);
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

/** A video is known by its content. Unreadable files are left to the decoder, which says what is wrong. */
async function refuseVideo(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  const handle = info?.isFile() ? await open(file, 'r').catch(() => undefined) : undefined;
  if (!handle) return;
  await using _open = handle;
  const { buffer, bytesRead } = await handle
    .read(new Uint8Array(IDENTIFY_BYTES), 0, IDENTIFY_BYTES, 0)
    .catch(() => ({ buffer: new Uint8Array(), bytesRead: 0 }));
  const kind = identify(buffer.subarray(0, bytesRead));
  if (kind?.class === 'video') {
    throw new InputError(`This is a video (${kind.title}); this version exchanges faces in photos only.`, {
      file,
      action: 'Choose a photo as --target.',
    });
  }
}
