/**
 * Videos that the engine lets a window play: random addresses on the window's side, paths on this side. An address is
 * good until the engine takes it back or ends.
 */
import { randomBytes } from 'node:crypto';
import type { ControlQuestion, ControlQuestions, MediaQuestion } from '#main/rpc/control.ts';
import { MEDIA_PATH, type MediaAddress, mediaAddressSchema } from '#shared/contract-video.ts';
import type { GrantTable } from './grant-table.ts';
import type { SupervisorOptions } from './supervisor.ts';

export interface MediaFile {
  readonly path: string;
  /** MIME type. */
  readonly type: string;
}

export interface MediaTable {
  readonly answers: { [Q in MediaQuestion]: (ask: ControlQuestions[Q]['ask']) => ControlQuestions[Q]['answer'] };
  /** The file behind the path of an address, or `undefined`. */
  find(pathname: string): MediaFile | undefined;
  /** The engine is gone, and with it everything that it let windows play. */
  clear(): void;
}

export function createMediaTable(): MediaTable {
  const files = new Map<MediaAddress, MediaFile>();
  return {
    answers: {
      publish: ({ path, type }) => {
        // 192 random bits: not to be guessed.
        const address = mediaAddressSchema.parse(`${MEDIA_PATH}${randomBytes(24).toString('base64url')}`);
        files.set(address, { path, type });
        return address;
      },
      withdraw: ({ address }) => {
        files.delete(address);
        return undefined;
      },
    },
    find: (pathname) => files.get(pathname as MediaAddress),
    clear: () => files.clear(),
  };
}

/** Answers everything that an engine asks: about files to play, and about granted ones. */
export function answerEngine(grants: Pick<GrantTable, 'answer'>, { answers }: MediaTable): SupervisorOptions['answer'] {
  const all: { [Q in ControlQuestion]: (ask: ControlQuestions[Q]['ask']) => ControlQuestions[Q]['answer'] } = {
    ...answers,
    resolve: (ask) => grants.answer('resolve', ask),
    claim: (ask) => grants.answer('claim', ask),
    finish: (ask) => grants.answer('finish', ask),
  };
  return (question, ask) => all[question](ask);
}
