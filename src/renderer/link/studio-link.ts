/** The two clients of the studio and the ways that differ between the desktop window and a browser page. */
import type { ContractRouterClient } from '@orpc/contract';
import type { EngineContract, FileHandle, FileKind, GrantedFile, ShellContract } from '#shared/contract.ts';

export type EngineClient = ContractRouterClient<EngineContract>;
export type ShellClient = ContractRouterClient<ShellContract>;

/** What may be said about a file on its way in. */
export interface GrantOptions {
  /** `picture` unless it is said. */
  readonly kind?: Exclude<FileKind, 'folder'> | undefined;
  /** Ends the transfer; nothing of it stays. */
  readonly signal?: AbortSignal | undefined;
  /** 0..1, where bytes have to be sent. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** A folder that the user picked or dropped. */
export interface PickedFolder {
  readonly name: string;
  /** The dropped object itself, which the desktop shell knows a path for. */
  readonly self?: File | undefined;
  /** Everything in it, by names relative to it. */
  readonly files: readonly { readonly name: string; readonly file: File }[];
}

export interface StudioLink {
  /** The client of the present connection; ask again for every call, since connections are replaced. */
  shell(): ShellClient;
  engine(): EngineClient;
  /**
   * A handle for a file that the user picked, dropped or pasted.
   * @throws LinkError when the shell refuses the file or `signal` was aborted
   */
  grant(file: File, options?: GrantOptions): Promise<GrantedFile>;
  /**
   * A handle for a whole folder. In a browser every byte of it is sent.
   * @throws LinkError when the shell refuses something in it or `signal` was aborted; nothing of it stays
   */
  grantFolder(folder: PickedFolder, options?: Omit<GrantOptions, 'kind'>): Promise<GrantedFile>;
  /** Gives a handle back; what was uploaded as video or weights is deleted. Never fails. */
  release(file: FileHandle): void;
}
