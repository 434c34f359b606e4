/** Feeds frames into a program's input as a Matroska stream, as fast as it takes them. */
import type { Writable } from 'node:stream';
import { matroskaFrameHead, matroskaHeader } from './matroska-writer.ts';
import { invert, type Rational, rescale } from './rational.ts';
import { NANOSECONDS, toNanoseconds } from './time-base.ts';

/** A frame to be written: RGB24, shown from `pts` for `duration` ticks. */
export interface TimedFrame {
  readonly pts: number;
  readonly duration: number;
  readonly pixels: Uint8Array;
}

export interface FedFrames {
  /** How many frames there were. */
  readonly count: number;
  /** From the start of the first to the end of the last. */
  readonly ticks: number;
}

export interface FeedOptions {
  readonly width: number;
  readonly height: number;
  readonly timeBase: Rational;
  /** Frames a second that encoders plan for. */
  readonly rate: Rational;
}

/**
 * Writes all frames, times counted from the first, and ends the stream. A frame's pixels have left when the next frame is
 * asked for, so their memory may then be used again.
 * @throws RangeError for a frame of another size or one that is not later than its predecessor
 */
export async function feedFrames(
  stdin: Writable,
  frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>,
  options: FeedOptions,
): Promise<FedFrames> {
  const { width, height, timeBase } = options;
  const bytes = width * height * 3;
  await write(stdin, matroskaHeader({ width, height, defaultDuration: rescale(1, invert(options.rate), NANOSECONDS) }));
  let count = 0;
  let first = 0;
  let last = Number.NEGATIVE_INFINITY;
  let end = 0;
  for await (const { pts, duration, pixels } of frames) {
    if (pixels.length !== bytes) throw new RangeError(`A frame has ${pixels.length} bytes, ${bytes} are wanted.`);
    if (!(pts > last)) throw new RangeError(`A frame at tick ${pts} follows one at ${last}.`);
    if (count === 0) first = pts;
    const time = toNanoseconds(pts - first, timeBase);
    const until = toNanoseconds(pts - first + duration, timeBase);
    await write(stdin, matroskaFrameHead(time, until - time, bytes));
    await write(stdin, pixels);
    last = pts;
    end = pts + duration;
    count += 1;
  }
  await new Promise<void>((resolve) => stdin.end(resolve));
  return { count, ticks: end - first };
}

function write(stdin: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
