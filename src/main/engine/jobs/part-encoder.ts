/** Encodes finished frames part by part. The end of one part is encoded while the frames of the next are made. */
import { encodeSegment } from '#engine/video/encode.ts';
import type { TimedFrame } from '#engine/video/frame-feed.ts';
import type { FrameRange, FrameState } from '#shared/jobs.ts';
import { segmentFormat } from './clip.ts';
import { addFrame } from './frame-states.ts';
import { type Part, partAt } from './parts.ts';
import { type Handover, handover } from './read-ahead.ts';
import type { JobRun } from './run.ts';
import { finishPart, partFile, type SegmentReport } from './segments.ts';

export interface FinishedFrame extends TimedFrame {
  readonly index: number;
  readonly state: FrameState;
  /** Called when the frame's memory may be used again. */
  release(): void;
}

export interface PartEncoder extends AsyncDisposable {
  /**
   * Takes the next frame; waits while the encoder is behind.
   * @throws StorageError when the encoder of this part or the one before failed, CancelledError
   */
  put(frame: FinishedFrame): Promise<void>;
  /** Waits for the last part. */
  finish(): Promise<void>;
}

/** Finished frames that may wait for the encoder. */
const WAITING = 2;

interface OpenPart {
  readonly part: Part;
  readonly ranges: FrameRange[];
  readonly frames: Handover<FinishedFrame>;
  /** Resolves when its file is whole. */
  readonly encoded: Promise<number>;
  failed: boolean;
}

/**
 * @param begin number of the first part
 * @param onPart hears of every part that is finished, in order
 */
export function createPartEncoder(
  { folder, manifest, clip, signal, requireLock }: JobRun,
  begin: number,
  onPart: (report: SegmentReport) => Promise<void>,
): PartEncoder {
  const stop = new AbortController();
  const encoderSignal = AbortSignal.any([signal, stop.signal]);
  let next = begin;
  let open: OpenPart | undefined;
  /** Everything up to the part before. */
  let closing: Promise<void> = Promise.resolve();

  const openPart = (): OpenPart => {
    const part = partAt(manifest, next);
    next += 1;
    const frames = handover<FinishedFrame>(WAITING, (frame) => frame.release());
    const file = partFile(folder, manifest, part.number);
    const encoded = encodeSegment(file, frames.items, segmentFormat(clip, manifest), encoderSignal);
    const opened: OpenPart = { part, ranges: [], frames, encoded, failed: false };
    encoded.catch(() => {
      opened.failed = true;
      frames.abandon();
    });
    return opened;
  };
  const closePart = async ({ part, ranges, encoded }: OpenPart): Promise<void> => {
    await encoded;
    await requireLock();
    await onPart(await finishPart(folder, manifest, part, ranges));
  };

  return {
    async put(frame) {
      open ??= openPart();
      const current = open;
      addFrame(current.ranges, frame.index, frame.state);
      await current.frames.put(frame);
      if (current.failed) await current.encoded;
      if (frame.index + 1 < current.part.end) return;
      current.frames.close();
      open = undefined;
      await closing;
      closing = closePart(current);
      // Thrown where it is awaited.
      closing.catch(() => undefined);
    },
    finish: () => closing,
    async [Symbol.asyncDispose]() {
      stop.abort();
      open?.frames.abandon();
      await Promise.allSettled([closing, open?.encoded]);
    },
  };
}
