/** Writes the result of a finished job to another place. */
import { createReadStream } from 'node:fs';
import { cp, stat } from 'node:fs/promises';
import path from 'node:path';
import { StorageError, UsageError } from '#engine/errors.ts';
import { writeStreamAtomic } from '#engine/files/atomic.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodePictures } from '#engine/video/encode-pictures.ts';
import type { TimedFrame } from '#engine/video/frame-feed.ts';
import { frameDuration } from '#engine/video/frame-times.ts';
import { muxVideo } from '#engine/video/mux.ts';
import { type OpenedVideo, openVideo } from '#engine/video/open-video.ts';
import { startTicks } from './clip.ts';
import { openClip } from './job-runner.ts';
import type { Manifest } from './manifest.ts';
import type { StoredState } from './state.ts';

export interface Saved {
  readonly bytes: number;
  /** What the container could not hold, one sentence each. */
  readonly notices: readonly string[];
}

/**
 * A copy where the ending is the result's own; other containers get the packets of the result and the other tracks of the
 * target; a name without ending becomes a folder of pictures.
 * @throws UsageError when there is no result, or the container cannot hold it; StorageError, InputError, CancelledError
 */
export async function saveResult(
  manifest: Manifest,
  { state, result }: StoredState,
  place: string,
  signal?: AbortSignal,
): Promise<Saved> {
  if (state !== 'done' || result === undefined) throw new UsageError('The job has no result yet.');
  const info = await stat(result).catch(() => {
    throw new StorageError('The result is not there any more.', { file: result, action: 'Run the job again.' });
  });
  const to = path.resolve(place);
  if (info.isDirectory()) {
    if (path.extname(to) !== '') throw new UsageError('The result is a folder of pictures.', { file: to });
    await cp(result, `${to}`, { recursive: true, errorOnExist: true, force: false });
    return { bytes: info.size, notices: [] };
  }
  const notices = await saveVideo(manifest, result, to, signal);
  return { bytes: (await stat(to)).size, notices };
}

async function saveVideo(
  manifest: Manifest,
  result: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const ending = path.extname(to).toLowerCase();
  if (ending === path.extname(result).toLowerCase()) {
    await writeStreamAtomic(to, createReadStream(result, { highWaterMark: 1 << 20 }), { signal });
    return [];
  }
  const clip = await openClip(manifest, signal);
  const { times } = clip;
  const [start, end] = [startTicks(times, manifest.first), startTicks(times, manifest.end)];
  if (ending === '') {
    const format = { ...manifest.clip, timeBase: times.timeBase };
    await encodePictures(to, resultFrames(await openVideo(result, { signal }), clip, manifest, signal), format, signal);
    return [];
  }
  return muxVideo(to, {
    source: clip.info,
    segments: [{ path: result, start, end }],
    timeBase: times.timeBase,
    settings: manifest.settings.encoder,
    cut: manifest.first > 0 || manifest.end < manifest.clip.frames,
    signal,
  });
}

async function* resultFrames(
  { info }: OpenedVideo,
  { times }: OpenedVideo,
  { first }: Manifest,
  signal: AbortSignal | undefined,
): AsyncGenerator<TimedFrame> {
  let index = first;
  for await (const { pixels, release } of decodeFrames(info, { signal })) {
    yield { pts: startTicks(times, index), duration: frameDuration(times, index), pixels };
    release();
    index += 1;
  }
}
