/**
 * Undo and redo without limit over immutable documents. Structural sharing keeps a step as small as what it changed.
 * Steps that belong to one gesture (a slider being dragged) are merged, so that one undo takes the gesture back.
 */

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last step was part of, and when it happened (milliseconds). */
  readonly last: { readonly gesture: string; readonly at: number } | null;
}

/** Steps of one gesture that follow each other within this time are one step. Milliseconds. */
export const GESTURE_GAP_MS = 900;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [], last: null };
}

/**
 * The history after a step to `next`. A step to the same document is no step. `gesture` names what may be merged;
 * without it the step always stands alone.
 */
export function record<T>(history: History<T>, next: T, at: number, gesture?: string): History<T> {
  if (next === history.present) return history;
  const last = gesture === undefined ? null : { gesture, at };
  const merges = gesture !== undefined && history.last?.gesture === gesture && at - history.last.at <= GESTURE_GAP_MS;
  const past = merges ? history.past : [...history.past, history.present];
  return { past, present: next, future: [], last };
}

/** Replaces the present without a step: for what the user did not do, such as faces found again after a restart. */
export function amend<T>(history: History<T>, present: T): History<T> {
  return { ...history, present };
}

export function undo<T>(history: History<T>): History<T> {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future], last: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, last: null };
}

export const canUndo = (history: History<unknown>): boolean => history.past.length > 0;
export const canRedo = (history: History<unknown>): boolean => history.future.length > 0;
