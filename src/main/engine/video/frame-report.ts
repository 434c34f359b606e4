/**
 * Reads the presentation times that ffmpeg's `showinfo` filter prints, one line a frame, in the stream's own time base.
 * The numbers of frames in these lines start again when a stream changes its size, so only the order counts.
 */

/**
 * Ticks of the frame that a line reports, `NaN` for a frame without a time; undefined for other lines. Metadata of the
 * file is printed too, but never with the filter's own name in front.
 */
export function parseFrameLine(line: string): number | undefined {
  const match = /^\[Parsed_showinfo_\d+ @ [^\]]+\] n: *\d+ pts: *(-?\d+|NOPTS) /.exec(line);
  if (!match) return undefined;
  return match[1] === 'NOPTS' ? Number.NaN : Number(match[1]);
}

/** True for the filter's further lines (colours, side data), which no message needs. */
export const isReportLine = (line: string): boolean => line.startsWith('[Parsed_showinfo_');

/** Times that arrive on one pipe, handed out in order to whoever reads frames from the other. */
export interface TimeQueue {
  push(ticks: number): void;
  /** No more will come. */
  close(): void;
  /** The next time; undefined after the last. */
  next(): Promise<number | undefined>;
}

export function createTimeQueue(): TimeQueue {
  const waiting: number[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  const signal = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push(ticks) {
      waiting.push(ticks);
      signal();
    },
    close() {
      closed = true;
      signal();
    },
    async next() {
      while (waiting.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift();
    },
  };
}
