/** The two clients of the studio and the ways that differ between the desktop window and a browser page. */
import type { ContractRouterClient } from '@orpc/contract';
import type { EngineContract, GrantedFile, ShellContract } from '#shared/contract.ts';

export type EngineClient = ContractRouterClient<EngineContract>;
export type ShellClient = ContractRouterClient<ShellContract>;

export interface StudioLink {
  /** The client of the present connection; ask again for every call, since connections are replaced. */
  shell(): ShellClient;
  engine(): EngineClient;
  /**
   * A handle for a file that the user picked, dropped or pasted.
   * @throws LinkError when the shell refuses the file
   */
  grant(file: File): Promise<GrantedFile>;
}
