/** A job's frames in parts: what a killed process loses is at most the part in work. Pure. */
import type { Rational } from '#engine/video/rational.ts';

export interface Part {
  readonly number: number;
  /** Frames of the clip: `first` up to, without, `end`. */
  readonly first: number;
  readonly end: number;
}

/** Seconds of a part by engine: at minutes a frame, little work may be lost. */
const PART_SECONDS: Readonly<Record<string, number>> = { classic: 3, rgi: 0.5 };
const DEFAULT_PART_SECONDS = 3;
/** Seconds of a group of pictures. */
const KEY_SECONDS = 2;
const FEWEST_FRAMES = 4;
const MOST_FRAMES = 240;

const framesOf = (seconds: number, rate: Rational): number =>
  Math.min(MOST_FRAMES, Math.max(FEWEST_FRAMES, Math.round((seconds * rate.num) / rate.den)));

/** @param engine as its identity calls it */
export const partSecondsOf = (engine: string | undefined): number => PART_SECONDS[engine ?? ''] ?? DEFAULT_PART_SECONDS;

/** Frames of a part at a frame rate. */
export const partFramesAt = (rate: Rational, seconds: number): number => framesOf(seconds, rate);

/** Frames from one key frame to the next. */
export const keyIntervalAt = (rate: Rational): number => framesOf(KEY_SECONDS, rate);

export interface PartPlan {
  readonly first: number;
  readonly end: number;
  readonly partFrames: number;
}

export const partCount = ({ first, end, partFrames }: PartPlan): number => Math.ceil((end - first) / partFrames);

export function partAt(plan: PartPlan, number: number): Part {
  const first = plan.first + number * plan.partFrames;
  return { number, first, end: Math.min(first + plan.partFrames, plan.end) };
}

export const partsOf = (plan: PartPlan): Part[] =>
  Array.from({ length: partCount(plan) }, (_, number) => partAt(plan, number));

/** The part that a frame belongs to. */
export const partOf = (plan: PartPlan, frame: number): Part =>
  partAt(plan, Math.floor((frame - plan.first) / plan.partFrames));
