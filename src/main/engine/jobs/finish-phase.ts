/** Joins the parts into the result and puts it in its place; nothing stands there before it is whole. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodePictures } from '#engine/video/encode-pictures.ts';
import type { TimedFrame } from '#engine/video/frame-feed.ts';
import { frameDuration, readFrameTimes } from '#engine/video/frame-times.ts';
import { muxVideo, type Segment } from '#engine/video/mux.ts';
import { probeVideo } from '#engine/video/probe.ts';
import { startTicks } from './clip.ts';
import { resultFile } from './job-folder.ts';
import { partsOf } from './parts.ts';
import { placeResult } from './place-result.ts';
import { containerOf } from './result-container.ts';
import type { JobRun } from './run.ts';
import { partEncoder, partFile } from './segments.ts';
import { tryAgain } from './try-again.ts';

/**
 * @param placing where an earlier run was about to put the result
 * @returns where the result lies
 * @throws UsageError, InputError, StorageError, CancelledError
 */
export async function finishPhase(run: JobRun, placing: string | undefined): Promise<string> {
  const { folder, manifest, meter, listener, requireLock, signal } = run;
  const { output, out } = manifest.settings;
  const frames = manifest.end - manifest.first;
  meter.begin('finish', 0, frames);
  await listener.step({ phase: 'finish', framesDone: 0 });
  const container = containerOf(manifest.settings);
  const joined = resultFile(folder, container === null ? '' : `.${container}`);
  // Killed between the move and the last word about it.
  if (out !== undefined && placing === out && !existsSync(joined) && existsSync(out)) return out;
  await tryAgain(
    async () => 0,
    async () => {
      if (output !== 'pictures') return listener.step({ notices: await joinParts(run, joined) });
      await rm(joined, { recursive: true, force: true });
      await encodePictures(joined, joinedFrames(run), pictureFormat(run), signal);
    },
  );
  await requireLock();
  if (out === undefined) return joined;
  await listener.step({ result: out });
  await placeResult(joined, out, signal);
  return out;
}

async function joinParts({ folder, manifest, clip, signal }: JobRun, file: string): Promise<readonly string[]> {
  const { info, times } = clip;
  const segments: Segment[] = partsOf(manifest).map(({ number, first, end }) => ({
    path: partFile(folder, manifest, number),
    start: startTicks(times, first),
    end: startTicks(times, end),
  }));
  const cut = manifest.first > 0 || manifest.end < times.pts.length;
  const settings = partEncoder(manifest);
  const notices = await muxVideo(file, { source: info, segments, timeBase: times.timeBase, settings, cut, signal });
  const written = await readFrameTimes(await probeVideo(file, { signal }), { signal });
  if (written.pts.length !== manifest.end - manifest.first) {
    await rm(file, { force: true });
    throw new RangeError(`The result has ${written.pts.length} frames, ${manifest.end - manifest.first} were made.`);
  }
  return notices;
}

const pictureFormat = ({ manifest, clip }: JobRun) => ({
  width: manifest.clip.width,
  height: manifest.clip.height,
  timeBase: clip.times.timeBase,
  rate: manifest.clip.rate,
});

/** The frames of the finished parts with the clip's times. */
async function* joinedFrames({ folder, manifest, clip, signal, meter, listener }: JobRun): AsyncGenerator<TimedFrame> {
  for (const { number, first } of partsOf(manifest)) {
    const part = await probeVideo(partFile(folder, manifest, number), { signal });
    let index = first;
    for await (const { pixels, release } of decodeFrames(part, { signal })) {
      yield { pts: startTicks(clip.times, index), duration: frameDuration(clip.times, index), pixels };
      release();
      index += 1;
      meter.frame();
      listener.progress();
    }
  }
}
