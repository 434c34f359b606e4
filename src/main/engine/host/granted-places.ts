/** What a window's handles stand for, by the shell's word. */
import { InputError, StorageError } from '#engine/errors.ts';
import type { ReadGrant, WriteGrant } from '#main/rpc/control.ts';
import type { FileHandle, SaveHandle } from '#shared/contract.ts';
import type { AskShell } from './control-client.ts';

const NOT_GRANTED = 'The studio has no permission for this file.';

/** @throws InputError for a handle that nobody granted */
export async function resolveGrant(ask: AskShell, file: FileHandle): Promise<ReadGrant> {
  const grant = await ask('resolve', { file });
  if (grant === undefined) throw new InputError(NOT_GRANTED, { action: 'Open the file again.' });
  return grant;
}

/**
 * Lets `write` fill a granted place, once; a place that was not filled may be tried again.
 * @throws StorageError for a place that nobody granted or that is taken, and whatever `write` throws
 */
export async function writeGranted<T>(
  ask: AskShell,
  to: SaveHandle,
  write: (place: WriteGrant) => Promise<T>,
): Promise<T> {
  const place = await ask('claim', { to });
  if (place === undefined) {
    throw new StorageError('The studio has no permission to write here, or the file is written already.', {
      action: 'Choose a place to save to again.',
    });
  }
  let written = false;
  try {
    const result = await write(place);
    written = true;
    return result;
  } finally {
    await ask('finish', { to, written });
  }
}
