/** Feeds frames to a running ffmpeg and waits for its end. */
import { type FedFrames, type FeedOptions, feedFrames, type TimedFrame } from './frame-feed.ts';
import { storageFailure } from './storage-failure.ts';
import { type RunningTool, ToolError } from './tool-process.ts';

/**
 * Whichever of the two fails first is the failure.
 * @param file what the program writes, for messages
 * @throws StorageError when the program fails, CancelledError, or what `frames` throws
 */
export async function feedTool(
  tool: RunningTool,
  frames: AsyncIterable<TimedFrame> | Iterable<TimedFrame>,
  options: FeedOptions,
  file: string,
): Promise<FedFrames> {
  tool.stdout.resume();
  try {
    const fed = feedFrames(tool.stdin, frames, options);
    // A program that ends early leaves the feed without a reader: its own failure says why.
    const result = await Promise.race([fed, tool.finished.then(() => fed)]);
    await tool.finished;
    return result;
  } catch (error) {
    try {
      if (isClosedPipe(error)) await tool.finished;
    } catch (cause) {
      throw cause instanceof ToolError ? storageFailure(cause, file) : cause;
    }
    throw error instanceof ToolError ? storageFailure(error, file) : error;
  }
}

const isClosedPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EPIPE', 'ERR_STREAM_DESTROYED', 'EOF'].includes(String(error.code));
