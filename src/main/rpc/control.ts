/**
 * The privileged channel between a shell and its engine process. Windows never see it. The shell owns the table of
 * granted files; the engine asks it about every handle that a window sends, so that nothing has to be repeated to a
 * restarted engine and a grant that was taken back is gone at once.
 */
import type { FileHandle, SaveHandle } from '#shared/contract.ts';
import type { MediaAddress } from '#shared/contract-video.ts';
import type { Frame } from './serve.ts';

/** A file, or a folder with everything in it, that the engine may read. */
export interface ReadGrant {
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  /** An upload that is deleted when its page is done with it or gone: whoever needs it for longer takes it over. */
  readonly temporary?: boolean | undefined;
}

/** A place where the engine may write one file, once. */
export interface WriteGrant {
  readonly path: string;
  readonly name: string;
}

/** What the engine may ask; the answer is `undefined` for a handle that nobody granted. */
export interface ControlQuestions {
  /** May this be read? */
  resolve: { ask: { readonly file: FileHandle }; answer: ReadGrant | undefined };
  /** May this be written now? A yes reserves the place until `finish`. */
  claim: { ask: { readonly to: SaveHandle }; answer: WriteGrant | undefined };
  /** The file is written whole (the place is used up), or it is not (the place is free again). */
  finish: { ask: { readonly to: SaveHandle; readonly written: boolean }; answer: undefined };
  /** Makes an address under which a page may play this file. @property type MIME type */
  publish: { ask: { readonly path: string; readonly type: string }; answer: MediaAddress };
  /** Takes the address back. */
  withdraw: { ask: { readonly address: MediaAddress }; answer: undefined };
}
export type ControlQuestion = keyof ControlQuestions;
/** Questions about files to play; all others are about granted files. */
export type MediaQuestion = 'publish' | 'withdraw';
export type GrantQuestion = Exclude<ControlQuestion, MediaQuestion>;

export type EngineToShell =
  | { readonly type: 'ready' }
  /** The engine cannot start at all: said before the process ends. */
  | { readonly type: 'broken'; readonly reason: string }
  | {
      [Q in ControlQuestion]: {
        readonly type: 'ask';
        readonly id: number;
        readonly question: Q;
        readonly ask: ControlQuestions[Q]['ask'];
      };
    }[ControlQuestion]
  | { readonly type: 'frame'; readonly client: number; readonly data: Frame };

export type ShellToEngine =
  | { readonly type: 'answer'; readonly id: number; readonly answer: ControlQuestions[ControlQuestion]['answer'] }
  /** A window without a port of its own (web shell): its frames come as messages. */
  | { readonly type: 'open'; readonly client: number }
  | { readonly type: 'frame'; readonly client: number; readonly data: Frame }
  | { readonly type: 'closed'; readonly client: number }
  /** A window with a port of its own (desktop shell): the port travels with this message. */
  | { readonly type: 'port' }
  | { readonly type: 'shutdown' };
