/** What every weights file is to its readers, whatever its layout: named tensors in groups, read in pieces. */
import type { Dtype } from './dtypes.ts';

/** One tensor as its file declares it, checked. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  /** Row-major; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements times the size of one. */
  readonly bytes: number;
}

/** The tensors of one state dict by key, in the order of the file. */
export type TensorGroup = ReadonlyMap<string, TensorEntry>;

export const LAYOUTS = ['safetensors', 'torch-zip', 'torch-legacy'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** An open weights file. */
export interface TensorFile extends AsyncDisposable {
  readonly file: string;
  /** Size of the file in bytes. */
  readonly size: number;
  readonly layout: Layout;
  /**
   * State dicts by the path of keys that leads to them, joined with `/`: `''` for tensors at the top level,
   * `state_dict`, `generator` … A tensor that is the whole file stands in `''` under the name `tensor`.
   */
  readonly groups: ReadonlyMap<string, TensorGroup>;
  /**
   * The elements in row-major order, little-endian, in pieces. A piece is valid until the next one is asked for.
   * @throws InputError when the bytes are damaged, CancelledError
   */
  chunks(tensor: TensorEntry, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** All bytes of one tensor, in a buffer of its own. For tensors that are wanted in memory as a whole. */
export async function readTensor(file: TensorFile, tensor: TensorEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(tensor.bytes);
  let done = 0;
  for await (const piece of file.chunks(tensor)) {
    bytes.set(piece, done);
    done += piece.length;
  }
  return bytes;
}
