/** Follows the engine's state: reads settings at the first start, brings the work back after every later one. */
import type { EngineStatus } from '#shared/contract.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { useConnection } from '../state/connection.ts';

export interface ConnectionHooks {
  readonly started: () => Promise<void>;
  readonly recovered: () => Promise<void>;
  /** The engine stopped while it served this window. */
  readonly lost: (reason: string | null) => void;
}

const RETRY_MS = 1000;

/** Runs until `signal` is aborted. */
export async function followEngine(link: StudioLink, hooks: ConnectionHooks, signal: AbortSignal): Promise<void> {
  let served = -1;
  let lost = -1;

  async function take(status: EngineStatus): Promise<void> {
    const { state, generation, reason } = status;
    useConnection.setState({ phase: state, generation, reason: reason ?? null });
    // A restart may be told in several steps; the user hears of it once.
    if (state === 'restarting' && served >= 0 && lost !== served) {
      lost = served;
      hooks.lost(reason ?? null);
    }
    if (state !== 'ready' || generation === served) return;
    const first = served < 0;
    served = generation;
    await (first ? hooks.started() : hooks.recovered());
  }

  while (!signal.aborted) {
    try {
      const info = await link.shell().info(undefined, { signal });
      useConnection.setState({ shell: info });
      for await (const status of await link.shell().engineStatus(undefined, { signal })) {
        // Not awaited: the next state must be seen while the last is still being answered.
        take(status).catch((error: unknown) => console.error(reportOf(error).message));
      }
    } catch {
      // The shell is gone or was restarted; the phase below says so until it answers again.
    }
    if (signal.aborted) return;
    useConnection.setState({ phase: 'unreachable' });
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
