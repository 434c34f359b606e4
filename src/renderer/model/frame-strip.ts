/** The states of frames as strips that can be drawn and read out. */
import type { FrameRange, FrameState } from '#shared/jobs.ts';
import { SKIP_REASON_IDS, type SkipReason } from '#shared/video.ts';

/** A piece of a strip: from `from` to `to` (shares of the whole, 0..1). */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly state: FrameState;
}

/** More pieces than this cannot be told apart on a screen. */
const MAX_PIECES = 800;

/** In a mixed piece the state that a user looks for wins. */
const WEIGHT: Readonly<Record<FrameState, number>> = {
  pending: 0,
  swapped: 1,
  unassigned: 2,
  'no-face': 3,
  'too-small': 4,
  blurred: 4,
  covered: 4,
  profile: 4,
};

/**
 * Ranges of frames as pieces of a strip over a clip of `frames` frames. Of very many ranges, those that fall into the
 * same hair's breadth become one.
 */
export function piecesOf(ranges: readonly FrameRange[], frames: number): Piece[] {
  if (frames <= 0) return [];
  const width = ranges.length > MAX_PIECES ? 1 / MAX_PIECES : 0;
  const pieces: { from: number; to: number; state: FrameState }[] = [];
  for (const { from, to, state } of ranges) {
    const piece = { from: from / frames, to: (to + 1) / frames, state };
    const last = pieces.at(-1);
    const near = last && last.to >= piece.from - 1e-9;
    if (last && near && (last.state === state || piece.to - last.from < width)) {
      last.to = piece.to;
      if (WEIGHT[state] > WEIGHT[last.state]) last.state = state;
    } else pieces.push(piece);
  }
  return pieces;
}

/** How many frames of each state there are. */
export function countStates(ranges: readonly FrameRange[]): Map<FrameState, number> {
  const counts = new Map<FrameState, number>();
  for (const { from, to, state } of ranges) counts.set(state, (counts.get(state) ?? 0) + to - from + 1);
  return counts;
}

export interface SkipSummary {
  readonly reason: SkipReason;
  readonly frames: number;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

const isReason = (state: FrameState): state is SkipReason => SKIP_REASON_IDS.some((id) => id === state);

/** Frames that keep the target's pixels, by reason, the most frequent first. */
export function skipSummary(ranges: readonly FrameRange[]): SkipSummary[] {
  return SKIP_REASON_IDS.map((reason) => {
    const own = ranges.filter(({ state }) => isReason(state) && state === reason);
    return {
      reason,
      frames: own.reduce((sum, { from, to }) => sum + to - from + 1, 0),
      ranges: own.map(({ from, to }) => ({ from, to })),
    };
  })
    .filter(({ frames }) => frames > 0)
    .sort((a, b) => b.frames - a.frames);
}

/** What is known of a frame; null outside of the ranges. */
export const stateAt = (ranges: readonly FrameRange[], frame: number): FrameState | null =>
  ranges.find(({ from, to }) => from <= frame && frame <= to)?.state ?? null;

/** The states that occur in any of the lanes, in the order of their weight: what a legend has to explain. */
export function statesIn(lanes: readonly { readonly ranges: readonly FrameRange[] }[]): FrameState[] {
  const all = lanes.flatMap(({ ranges }) => ranges);
  return [...new Set(all.map(({ state }) => state))].sort((a, b) => WEIGHT[a] - WEIGHT[b]);
}

/** What will become of the frames in which a person can be swapped. */
export const plannedRanges = (ranges: readonly FrameRange[], hasFace: boolean): FrameRange[] =>
  ranges.map((range) => (isOpen(range.state) ? { ...range, state: hasFace ? 'swapped' : 'unassigned' } : range));

/** Nothing but a face, or a turn, is missing. */
export const isOpen = (state: FrameState): boolean =>
  state === 'pending' || state === 'unassigned' || state === 'swapped';
