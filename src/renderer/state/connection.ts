/** How the window stands with its shell and engine. */
import { create } from 'zustand';
import type { EngineStatus } from '#shared/contract.ts';

export interface ShellInfo {
  readonly kind: 'desktop' | 'web';
  readonly version: string;
  readonly platform: string;
  readonly fallbackReason?: string | undefined;
}

/** `unreachable`: the shell itself does not answer. */
export type ConnectionPhase = EngineStatus['state'] | 'unreachable';

export interface ConnectionState {
  readonly phase: ConnectionPhase;
  readonly generation: number;
  readonly reason: string | null;
  readonly shell: ShellInfo | null;
}

export const useConnection = create<ConnectionState>()(() => ({
  phase: 'starting',
  generation: 0,
  reason: null,
  shell: null,
}));

export const isReady = (): boolean => useConnection.getState().phase === 'ready';
