/**
 * The files that the user granted in this run: opaque random handles in the hands of windows, paths on this side.
 * A handle to read stays good until it is revoked; a handle to write is good for one file.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { ControlQuestions, GrantQuestion, ReadGrant, WriteGrant } from '#main/rpc/control.ts';
import {
  type FileHandle,
  fileHandleSchema,
  type GrantedFile,
  type SaveHandle,
  saveHandleSchema,
} from '#shared/contract.ts';

type WriteState = 'open' | 'writing' | 'written';

export interface GrantTable {
  /** @param file absolute path of a file or a folder */
  grantRead(file: string, name?: string, options?: { temporary?: boolean }): GrantedFile;
  /** @param file absolute path */
  grantWrite(file: string, name?: string): SaveHandle;
  /** False when nobody granted it. */
  revoke(handle: FileHandle | SaveHandle): boolean;
  /** The file behind a save handle once it is written whole. */
  written(handle: SaveHandle): WriteGrant | undefined;
  /** Answers the engine's questions (`ControlQuestions`). */
  answer<Q extends GrantQuestion>(question: Q, ask: ControlQuestions[Q]['ask']): ControlQuestions[Q]['answer'];
  /** The engine is gone: what it was writing is not written, and may be tried again. */
  releaseClaims(): void;
}

// 144 random bits: not to be guessed.
const randomId = (): string => randomBytes(18).toString('base64url');

export function createGrantTable(): GrantTable {
  const reads = new Map<FileHandle, ReadGrant>();
  const writes = new Map<SaveHandle, { readonly grant: WriteGrant; state: WriteState }>();

  const answers: { [Q in GrantQuestion]: (ask: ControlQuestions[Q]['ask']) => ControlQuestions[Q]['answer'] } = {
    resolve: ({ file }) => reads.get(file),
    claim: ({ to }) => {
      const slot = writes.get(to);
      if (slot?.state !== 'open') return undefined;
      slot.state = 'writing';
      return slot.grant;
    },
    finish: ({ to, written }) => {
      const slot = writes.get(to);
      if (slot?.state === 'writing') slot.state = written ? 'written' : 'open';
      return undefined;
    },
  };

  return {
    grantRead(file, name = path.basename(file), { temporary = false } = {}) {
      const handle = fileHandleSchema.parse(`file_${randomId()}`);
      reads.set(handle, temporary ? { path: file, name, temporary } : { path: file, name });
      return { file: handle, name };
    },
    grantWrite(file, name = path.basename(file)) {
      const handle = saveHandleSchema.parse(`save_${randomId()}`);
      writes.set(handle, { grant: { path: file, name }, state: 'open' });
      return handle;
    },
    revoke(handle) {
      return reads.delete(handle as FileHandle) || writes.delete(handle as SaveHandle);
    },
    written(handle) {
      const slot = writes.get(handle);
      return slot?.state === 'written' ? slot.grant : undefined;
    },
    answer: (question, ask) => answers[question](ask),
    releaseClaims() {
      for (const slot of writes.values()) if (slot.state === 'writing') slot.state = 'open';
    },
  };
}
