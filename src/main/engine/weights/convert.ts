/** From any weights file to the safetensors file that the studio loads: one network, upstream keys, float32. */
import { InputError } from '#engine/errors.ts';
import type { NetworkManifest } from './manifests.ts';
import { openTensorFile } from './open.ts';
import { type TensorSource, type WriteOptions, type WrittenFile, writeSafetensors } from './safetensors-writer.ts';
import { explainSelection, isComplete, type Selection, type Spelling, selectNetwork } from './select.ts';
import type { TensorFile } from './tensor-file.ts';

/**
 * Converts the network out of the file `from` into `to`, which appears whole or not at all. Memory stays at a few
 * megabytes beside the headers.
 * @throws InputError when the file is refused or lacks parameters, StorageError, CancelledError
 */
export async function convertFile(
  from: string,
  manifest: NetworkManifest,
  to: string,
  options: WriteOptions & { readonly spelling?: Spelling | undefined } = {},
): Promise<WrittenFile> {
  await using file = await openTensorFile(from);
  const selection = selectNetwork(file, manifest, options.spelling);
  if (selection === undefined) throw new InputError('There are no tensors in this file.', { file: from });
  return convertSelection(file, selection, manifest.title, to, options);
}

/** The same for a selection made before. @throws InputError when the selection is not complete */
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
