/** What became of each frame, as runs of equal states. Pure. */
import type { FrameRange, FrameState, SkippedRange } from '#shared/jobs.ts';
import { SKIP_REASON_IDS, type SkipReason } from '#shared/video.ts';

/** Adds a frame behind the last one of the list. */
export function addFrame(ranges: FrameRange[], frame: number, state: FrameState): void {
  const last = ranges.at(-1);
  if (last && last.state === state && last.to === frame - 1) last.to = frame;
  else ranges.push({ from: frame, to: frame, state });
}

/** Runs that touch and are equal become one. In order of frames. */
export function joinRanges(lists: Iterable<readonly FrameRange[]>): FrameRange[] {
  const joined: FrameRange[] = [];
  for (const list of lists) {
    for (const range of list) {
      const last = joined.at(-1);
      if (last && last.state === range.state && last.to === range.from - 1) last.to = range.to;
      else joined.push({ ...range });
    }
  }
  return joined;
}

/** The gaps of a list of runs filled as pending. */
export function fillPending(ranges: readonly FrameRange[], first: number, end: number): FrameRange[] {
  const filled: FrameRange[] = [];
  let next = first;
  for (const range of ranges) {
    if (range.from > next) filled.push({ from: next, to: range.from - 1, state: 'pending' });
    filled.push(range);
    next = range.to + 1;
  }
  if (next < end) filled.push({ from: next, to: end - 1, state: 'pending' });
  return joinRanges([filled]);
}

const isSkip = (state: FrameState): state is SkipReason => state !== 'pending' && state !== 'swapped';

export const skippedRanges = (ranges: readonly FrameRange[]): SkippedRange[] =>
  ranges.flatMap(({ from, to, state }) => (isSkip(state) ? [{ from, to, reason: state }] : []));

export const countFrames = (ranges: readonly FrameRange[], wanted: FrameState): number =>
  ranges.reduce((sum, { from, to, state }) => (state === wanted ? sum + to - from + 1 : sum), 0);

/**
 * The state of a frame as a whole: swapped where one face was; otherwise the reason of a face that has a source, and of
 * those the one that says most (last in the table).
 */
export function frameState(swapped: number, skipped: readonly { readonly reason: SkipReason }[]): FrameState {
  if (swapped > 0) return 'swapped';
  const ranks = skipped.map(({ reason }) => SKIP_REASON_IDS.indexOf(reason));
  return ranks.length === 0 ? 'no-face' : (SKIP_REASON_IDS[Math.max(...ranks)] ?? 'no-face');
}
