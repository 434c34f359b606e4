/** The target of a job, opened: its frames from any part on, checked against the list of their times. */
import { StudioError, throwIfCancelled } from '#engine/errors.ts';
import type { Frame } from '#engine/pipeline/frame-swapper.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import type { SegmentFormat } from '#engine/video/encode.ts';
import { type FrameTimes, frameDuration } from '#engine/video/frame-times.ts';
import type { OpenedVideo } from '#engine/video/open-video.ts';
import { ToolError } from '#engine/video/tool-process.ts';
import type { Manifest } from './manifest.ts';
import { keyIntervalAt } from './parts.ts';
import { readAhead } from './read-ahead.ts';
import { partEncoder } from './segments.ts';

/** Frames that are decoded before they are wanted. */
const AHEAD = 2;

export interface ClipFrame extends Frame {
  readonly pts: number;
  /** Ticks. */
  readonly duration: number;
  /** The frame's memory may be used again. */
  release(): void;
}

/** The file decodes to other frames than its packets promise: their times have to be found by decoding. */
export class UnexpectedFramesError extends Error {
  constructor() {
    super('The frames of the clip are not those that its packets promise.');
    this.name = 'UnexpectedFramesError';
  }
}

/**
 * Frames `first` up to, without, `end`, in order.
 * @throws UnexpectedFramesError, InputError when the stream breaks, CancelledError
 */
export async function* clipFrames(
  { info, times }: OpenedVideo,
  first: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<ClipFrame, void, undefined> {
  const { width, height } = info.video;
  const { pts } = times;
  // From the very start there is nothing to seek to.
  const from = first === 0 ? undefined : pts[first];
  let index = first;
  for await (const frame of readAhead(decodeFrames(info, { from, to: pts[end], signal }), AHEAD)) {
    throwIfCancelled(signal);
    if (frame.pts !== pts[index]) throw new UnexpectedFramesError();
    const { pixels, release } = frame;
    yield { index, width, height, pixels, pts: frame.pts, duration: frameDuration(times, index), release };
    index += 1;
  }
  throwIfCancelled(signal);
  if (index !== end) throw new UnexpectedFramesError();
}

/** How the parts of a job are encoded. */
export const segmentFormat = ({ info, times }: OpenedVideo, manifest: Manifest): SegmentFormat => ({
  settings: partEncoder(manifest),
  width: info.video.width,
  height: info.video.height,
  sampleAspect: info.video.sampleAspect,
  color: info.video.color,
  timeBase: times.timeBase,
  rate: manifest.clip.rate,
  keyInterval: keyIntervalAt(manifest.clip.rate),
});

/** Ticks of the start of a frame; of the clip's end for the one behind the last. */
export const startTicks = ({ pts, end }: FrameTimes, frame: number): number => pts[frame] ?? end;

/** Whether ffmpeg was ended from outside, or broke down: the part in work can be tried once more. */
export const isToolCrash = (error: unknown): boolean =>
  error instanceof StudioError && error.cause instanceof ToolError && error.cause.reason === 'crash';
