/** Work in parts that goes on at the first unfinished part when a program or a thread was lost under it. */
import { FrameThreadLostError } from '#engine/pipeline/frame-workers/frame-thread.ts';
import { isToolCrash } from './clip.ts';

/**
 * Repeats `work` after a breakdown of ffmpeg or of a thread that swaps frames, as long as parts get finished in between:
 * a second breakdown at the same part is a failure.
 * @param finished how many parts are finished now
 * @throws what `work` throws
 */
export async function tryAgain(finished: () => Promise<number>, work: () => Promise<void>): Promise<void> {
  let failedAt = -1;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const part = await finished();
      const lost = isToolCrash(error) || error instanceof FrameThreadLostError;
      if (!lost || part === failedAt) throw error;
      failedAt = part;
    }
  }
}
