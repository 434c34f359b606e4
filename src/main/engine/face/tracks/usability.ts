/** Which faces of a clip can be exchanged, and why not the others. */
import type { SkipReason } from '#shared/video.ts';
import { GATE_LIMITS } from '../gate.ts';

/** What is known of a face in a frame, steadied over time. */
export interface FaceMeasures {
  /** Degrees, absolute. */
  readonly yaw: number;
  /** Longer side of the mesh's bounds, pixels. */
  readonly size: number;
  /** `sharpnessOf` */
  readonly sharpness: number;
  /** Share of the mesh's bounds outside the picture, or under another, nearer face, [0, 1]. */
  readonly hidden: number;
  /** The mesh network's belief in a face, [0, 1]. */
  readonly presence: number;
  /** `resemblance` to its track, at most 1. */
  readonly likeness: number;
}

/** In order of precedence: the first that applies is named. */
export const USABILITY_RULES = [
  { reason: 'covered', applies: ({ hidden }) => hidden > 0.08 },
  { reason: 'profile', applies: ({ yaw }) => yaw > GATE_LIMITS.yaw.blocks },
  { reason: 'too-small', applies: ({ size }) => size < GATE_LIMITS.size.blocks },
  { reason: 'blurred', applies: ({ sharpness }) => sharpness < 0.14 },
  { reason: 'covered', applies: ({ presence }) => presence < 0.8 },
  { reason: 'covered', applies: ({ likeness }) => likeness < 0.55 },
] as const satisfies readonly { reason: SkipReason; applies(face: FaceMeasures): boolean }[];

/** Why a face cannot be exchanged; undefined when it can. */
export const reasonToSkip = (face: FaceMeasures): SkipReason | undefined =>
  USABILITY_RULES.find(({ applies }) => applies(face))?.reason;
