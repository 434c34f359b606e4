/** The words of video work: why a face of a frame stays as it is, and what becomes of a job. One table for all. */

/** Why a face, or a frame without any, keeps the target's pixels. */
export const SKIP_REASONS = [
  { id: 'no-face', title: 'No face', says: 'No face was found in the frame.' },
  { id: 'unassigned', title: 'No source', says: 'The faces of the frame have no source.' },
  { id: 'profile', title: 'Profile', says: 'The face is turned too far to the side.' },
  { id: 'too-small', title: 'Too small', says: 'The face is too small.' },
  { id: 'blurred', title: 'Blurred', says: 'The face is too blurred.' },
  { id: 'covered', title: 'Covered', says: 'The face is covered, or leaves the picture.' },
] as const satisfies readonly { id: string; title: string; says: string }[];

export type SkipReason = (typeof SKIP_REASONS)[number]['id'];
export const SKIP_REASON_IDS = SKIP_REASONS.map(({ id }) => id) as [SkipReason, ...SkipReason[]];

/**
 * `interrupted`: its process ended without a word; it can be resumed like a paused one. `queued`: waits for its turn.
 */
export const JOB_STATES = ['queued', 'running', 'paused', 'interrupted', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What a job does, in order; `tune` only where personal tuning is wanted. */
export const JOB_PHASES = [
  { id: 'analyse', title: 'Find faces' },
  { id: 'tune', title: 'Tune' },
  { id: 'swap', title: 'Swap' },
  { id: 'finish', title: 'Write the video' },
] as const satisfies readonly { id: string; title: string }[];

export type JobPhase = (typeof JOB_PHASES)[number]['id'];
export const JOB_PHASE_IDS = JOB_PHASES.map(({ id }) => id) as [JobPhase, ...JobPhase[]];
