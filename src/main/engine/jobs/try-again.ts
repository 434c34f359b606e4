/** Work in parts that goes on at the first unfinished part when ffmpeg was killed under it. */
import { isToolCrash } from './clip.ts';

/**
 * Repeats `work` after a breakdown of ffmpeg as long as parts get finished in between: a second breakdown at the same
 * part is a failure.
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
      if (!isToolCrash(error) || part === failedAt) throw error;
      failedAt = part;
    }
  }
}
