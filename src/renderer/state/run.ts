/** The swap that runs, and the last one that finished. */
import { create } from 'zustand';
import type { SwapResult } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { SwapProgress } from '../model/progress.ts';
import type { PhotoKey } from '../model/source-face.ts';

/** `stopping`: cancelled, but the engine is still inside a step; `waiting`: for the engine to come back. */
export type RunPhase = 'idle' | 'running' | 'stopping' | 'waiting' | 'failed';

export interface FinishedRun {
  readonly swap: SwapResult;
  /** The engine process that keeps it; its pictures can be asked for only there. */
  readonly generation: number;
  readonly target: PhotoKey;
  /** Fingerprint of the document that it shows. */
  readonly of: string;
}

export interface RunState {
  readonly phase: RunPhase;
  readonly progress: SwapProgress | null;
  readonly error: ErrorReport | null;
  /** What was finished last; it may be a draft, and the run then goes on. */
  readonly result: FinishedRun | null;
  /** The last one that is no draft. */
  readonly full: FinishedRun | null;
  /** Changes start a run by themselves. */
  readonly live: boolean;
}

export const useRun = create<RunState>()(() => ({
  phase: 'idle',
  progress: null,
  error: null,
  result: null,
  full: null,
  live: true,
}));

export const setLive = (live: boolean): void => useRun.setState({ live });
