/** From any weights file to the safetensors file that the studio loads: one network, upstream keys, float32. */
import { InputError } from '#engine/errors.ts';
import { type TensorSource, type WriteOptions, type WrittenFile, writeSafetensors } from './safetensors-writer.ts';
import { explainSelection, isComplete, type Selection } from './select.ts';
import type { TensorFile } from './tensor-file.ts';

/**
 * Writes one network of an open file as `to`, which appears whole or not at all. Memory stays at a few megabytes beside
 * the headers.
 * @param title names the network in messages
 * @throws InputError when the selection is not complete or the data is damaged, StorageError, CancelledError
 */
export async function convertSelection(
  file: TensorFile,
  selection: Selection,
  title: string,
  to: string,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  if (!isComplete(selection)) {
    throw new InputError(`This file does not hold ${title}: ${explainSelection(selection)}.`, { file: file.file });
  }
  const sources = [...selection.tensors].map(
    ([name, entry]): TensorSource => ({
      name,
      dtype: entry.dtype,
      shape: entry.shape,
      data: () => file.chunks(entry, options.signal),
    }),
  );
  return writeSafetensors(to, sources, options);
}
