/** Streams of the engine that are left before they end. */
import { isReady } from '../state/connection.ts';

/**
 * Starts work on a stream; the returned function leaves it. A stream ends with its connection: leaving it while the engine
 * process is going, or gone, says nothing, since there is nobody to say it to.
 * @param work handles its own failures
 */
export function leavable(work: (signal: AbortSignal) => Promise<void>): () => void {
  const controller = new AbortController();
  let over = false;
  void work(controller.signal).finally(() => {
    over = true;
  });
  return () => {
    if (!over && isReady()) controller.abort();
  };
}
