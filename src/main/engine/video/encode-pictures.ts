/** A result as a folder of PNG pictures, one a frame, with a list of their times. */
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { StorageError, throwIfCancelled } from '#engine/errors.ts';
import { toStorageError, writeFileAtomic } from '#engine/files/atomic.ts';
import { temporaryPathFor } from '#engine/files/temporary-name.ts';
import { feedTool } from './feed-tool.ts';
import type { FeedOptions, TimedFrame } from './frame-feed.ts';
import { PROTOCOLS } from './input-options.ts';
import { toSeconds } from './rational.ts';
import { startTool } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';

/** Name of the list: milliseconds from the first frame, one line a frame ("timestamp format v2" of Matroska tools). */
export const TIMES_FILE = 'times.txt';

/**
 * Writes `frame_000001.png` and so on; the folder appears under its name only when it is whole.
 * @returns how many pictures there are
 * @throws StorageError when something of this name exists or the disk refuses, CancelledError, or what `frames` throws
 */
export async function encodePictures(
  folder: string,
  frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>,
  format: FeedOptions,
  signal?: AbortSignal,
): Promise<number> {
  const { ffmpeg, everyFrame } = await openToolbox();
  const final = path.resolve(folder);
  if (await lstat(final).catch(() => undefined)) {
    throw new StorageError('Something of this name exists.', { file: folder, action: 'Choose another folder name.' });
  }
  const temporary = temporaryPathFor(final);
  await mkdir(temporary).catch((error: unknown) => {
    throw toStorageError(error, folder);
  });
  try {
    const milliseconds: string[] = [];
    const noted = noteTimes(frames, format, milliseconds);
    await using tool = startTool(
      ffmpeg,
      [
        ...['-hide_banner', '-nostats', '-v', 'error', ...PROTOCOLS, '-copyts', '-f', 'matroska', '-i', 'pipe:0'],
        ...['-map', '0:v:0', ...everyFrame, '-c:v', 'png', '-pix_fmt', 'rgb24', '-fflags', '+bitexact'],
        // A relative name: a percent sign in the folder's own name would be read as part of the pattern.
        ...['-f', 'image2', '-start_number', '1', 'frame_%06d.png'],
      ],
      { signal, folder: temporary },
    );
    const { count } = await feedTool(tool, noted, format, folder);
    throwIfCancelled(signal);
    await writeFileAtomic(path.join(temporary, TIMES_FILE), `# timestamp format v2\n${milliseconds.join('\n')}\n`);
    await rename(temporary, final).catch((error: unknown) => {
      throw toStorageError(error, folder);
    });
    return count;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function* noteTimes(
  frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>,
  { timeBase }: FeedOptions,
  milliseconds: string[],
): AsyncGenerator<TimedFrame> {
  let first: number | undefined;
  for await (const frame of frames) {
    first ??= frame.pts;
    milliseconds.push((toSeconds(frame.pts - first, timeBase) * 1000).toFixed(6));
    yield frame;
  }
}
