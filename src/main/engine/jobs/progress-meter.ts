/** Frames a second of late and the time that is left. Pure but for the clock that it is given. */
import type { JobPhase } from '#shared/video.ts';

/** Share of each phase in the whole work, for one bar over all of them. */
const SHARES: Readonly<Record<JobPhase, number>> = { analyse: 0.3, tune: 3, swap: 0.68, finish: 0.02 };

/** The phases of a job, in order. @param tuned whether it tunes */
export const phasesOf = (
  { stopAfter }: { readonly stopAfter?: 'analyse' | undefined },
  tuned = false,
): readonly JobPhase[] => {
  if (stopAfter !== undefined) return ['analyse'];
  return tuned ? ['analyse', 'tune', 'swap', 'finish'] : ['analyse', 'swap', 'finish'];
};

/** Share of the whole work that is done. @param within share of the phase */
export function fractionOf(phases: readonly JobPhase[], phase: JobPhase, within: number): number {
  const sum = (some: readonly JobPhase[]): number => some.reduce((all, id) => all + SHARES[id], 0);
  const before = sum(phases.slice(0, Math.max(0, phases.indexOf(phase))));
  return Math.min(1, (before + SHARES[phase] * Math.min(1, within)) / sum(phases));
}

export interface Progress {
  readonly phase: JobPhase;
  readonly framesDone: number;
  readonly framesTotal: number;
  readonly fraction: number;
  readonly fps: number | null;
  readonly secondsLeft: number | null;
}

export interface ProgressMeter {
  /** A phase begins, with some of its frames finished before. */
  begin(phase: JobPhase, done: number, total: number): void;
  frame(): void;
  /** Frames of a part that is done again do not count twice. */
  setDone(done: number): void;
  now(): Progress;
}

/** How far back frames count for the speed. */
const WINDOW_MS = 10_000;
const FEWEST_FRAMES = 3;

/** @param phases those that this job goes through, in order */
export function createProgressMeter(
  phases: readonly JobPhase[],
  clock: () => number = () => performance.now(),
): ProgressMeter {
  let phase: JobPhase = phases[0] ?? 'analyse';
  let done = 0;
  let total = 0;
  /** Times of the latest frames, oldest first. */
  let times: number[] = [];

  const speed = (): number | null => {
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined || times.length < FEWEST_FRAMES || last <= first) return null;
    return ((times.length - 1) * 1000) / (last - first);
  };
  const secondsLeft = (fps: number | null): number | null => {
    const ahead = phases.slice(phases.indexOf(phase) + 1);
    // How long tuning and swapping take a frame is not known before they run: engines differ by a factor of a hundred.
    if (fps === null || ahead.some((id) => id !== 'finish')) return null;
    const here = (total - done) / fps;
    const later = ahead.reduce((all, id) => all + SHARES[id], 0);
    return here + (SHARES[phase] === 0 ? 0 : (later / SHARES[phase]) * (total / fps));
  };

  return {
    begin(next, alreadyDone, frames) {
      [phase, done, total, times] = [next, alreadyDone, frames, []];
    },
    frame() {
      const now = clock();
      done += 1;
      times.push(now);
      const oldest = now - WINDOW_MS;
      if (times.length > FEWEST_FRAMES && (times[0] ?? now) < oldest) {
        times = times.filter((time, i) => time >= oldest || i >= times.length - FEWEST_FRAMES);
      }
    },
    setDone(frames) {
      done = frames;
    },
    now() {
      const fps = speed();
      return {
        phase,
        framesDone: done,
        framesTotal: total,
        fraction: fractionOf(phases, phase, total === 0 ? 0 : done / total),
        fps,
        secondsLeft: secondsLeft(fps),
      };
    },
  };
}
