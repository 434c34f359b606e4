/** Keys that move a frame number, for the playhead and the ends of the range. */
import type { KeyboardEvent } from 'react';
import { rateOf, type Timed } from '../../model/frame-clock.ts';

/** How far a key goes, frames. */
const STEPS: Readonly<Record<string, (rate: number, frames: number) => number>> = {
  ArrowLeft: () => -1,
  ArrowDown: () => -1,
  ArrowRight: () => 1,
  ArrowUp: () => 1,
  PageDown: (rate) => -Math.round(rate),
  PageUp: (rate) => Math.round(rate),
  Home: (_, frames) => -frames,
  End: (_, frames) => frames,
};

/** The frame that a key leads to: one on, ten with Shift, a second with Page Up; null for other keys. */
export function steppedBy(event: KeyboardEvent, from: number, clip: Timed): number | null {
  const step = STEPS[event.key]?.(rateOf(clip), clip.frames);
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  const far = event.shiftKey && Math.abs(step) === 1 ? 10 : 1;
  return Math.min(clip.frames - 1, Math.max(0, from + step * far));
}
