/** Exchanges the faces frame by frame and encodes the frames in parts. Decoding and encoding run beside it. */
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { makeFolder } from '#engine/files/folder.ts';
import type { FrameSwapper } from '#engine/pipeline/frame-swapper.ts';
import { type ClipFrame, clipFrames } from './clip.ts';
import { countFrames, frameState, joinRanges, skippedRanges } from './frame-states.ts';
import { createPartEncoder } from './part-encoder.ts';
import { partAt, partCount } from './parts.ts';
import { workAhead } from './read-ahead.ts';
import type { JobRun, StepChange } from './run.ts';
import { finishedParts, type SegmentReport } from './segments.ts';
import { tryAgain } from './try-again.ts';

/** What the reports of the finished parts say of the job. */
export function swapResults(reports: readonly SegmentReport[]): Pick<StepChange, 'swappedFrames' | 'skipped'> {
  const ranges = joinRanges(reports.map((report) => report.ranges));
  return { swappedFrames: countFrames(ranges, 'swapped'), skipped: skippedRanges(ranges) };
}

/**
 * Makes all parts that are not finished.
 * @throws UnexpectedFramesError, InputError, StorageError, CancelledError
 */
export async function swapPhase(
  run: JobRun,
  timeline: FaceTimeline,
  openSwapper: () => Promise<FrameSwapper>,
): Promise<void> {
  const { folder, manifest, meter, listener } = run;
  const { first, end, partFrames } = manifest;
  const reports = await finishedParts(folder, manifest);
  meter.begin('swap', Math.min(reports.length * partFrames, end - first), end - first);
  await listener.step({ phase: 'swap', framesDone: meter.now().framesDone, ...swapResults(reports) });
  if (reports.length === partCount(manifest)) return;
  await makeFolder(folder.segments);
  await using swapper = await openSwapper();
  await tryAgain(
    async () => (await finishedParts(folder, manifest)).length,
    () => swapFrames(run, timeline, swapper),
  );
}

async function swapFrames(run: JobRun, timeline: FaceTimeline, swapper: FrameSwapper): Promise<void> {
  const { folder, manifest, clip, signal, meter, listener } = run;
  const reports = await finishedParts(folder, manifest);
  const begin = partAt(manifest, reports.length).first;
  meter.setDone(begin - manifest.first);
  await using encoder = createPartEncoder(run, reports.length, async (report) => {
    reports.push(report);
    await listener.step({ framesDone: report.end - manifest.first, ...swapResults(reports) });
  });
  const swap = async (frame: ClipFrame) => ({
    frame,
    result: await swapper.swap(frame, timeline.facesAt(frame.index), signal),
  });
  const frames = clipFrames(clip, begin, manifest.end, signal);
  for await (const { frame, result } of workAhead(frames, swapper.atOnce ?? 1, swap)) {
    const { index, pts, duration } = frame;
    const release = (): void => {
      frame.release();
      result.release?.();
    };
    listener.frame(index, result.pixels);
    const state = frameState(result.swapped.length, result.skipped);
    await encoder.put({ index, state, pts, duration, pixels: result.pixels, release });
    meter.frame();
    listener.progress();
  }
  await encoder.finish();
}
