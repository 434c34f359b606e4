/** Opening any weights file: what it is, its first bytes say, never its name. */
import { InputError } from '#engine/errors.ts';
import { type ByteSource, openFileSource } from './byte-source.ts';
import { MAX_HEADER_BYTES, readSafetensors } from './safetensors.ts';
import type { Layout, TensorFile } from './tensor-file.ts';
import { LEGACY_MAGIC, readLegacyCheckpoint } from './torch/legacy-checkpoint.ts';
import { readZipCheckpoint } from './torch/zip-checkpoint.ts';

const HEAD_BYTES = 512;
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
const TAR_MAGIC_AT = 257;

const READERS = {
  safetensors: readSafetensors,
  'torch-zip': readZipCheckpoint,
  'torch-legacy': readLegacyCheckpoint,
} as const satisfies Record<Layout, (source: ByteSource) => Promise<TensorFile>>;

/**
 * The layout that the first bytes of a file announce; undefined for anything that is no weights file.
 * @param head the first bytes, up to 512
 */
export function sniffLayout(head: Uint8Array): Layout | undefined {
  const startsWith = (magic: ArrayLike<number>): boolean =>
    head.length >= magic.length && Array.from(magic).every((byte, at) => head[at] === byte);
  if (startsWith(ZIP_MAGIC)) return 'torch-zip';
  if (startsWith(LEGACY_MAGIC)) return 'torch-legacy';
  if (head.length < 9 || head[8] !== 0x7b) return undefined;
  const headerBytes = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return headerBytes >= 2n && headerBytes <= BigInt(MAX_HEADER_BYTES) ? 'safetensors' : undefined;
}

/**
 * Opens a safetensors file or a PyTorch checkpoint of either layout and checks its structure.
 * @throws InputError naming the file and what is wrong with it
 */
export async function openTensorFile(file: string): Promise<TensorFile> {
  const source = await openFileSource(file);
  try {
    return await readTensorFile(source);
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same over any source, which the result then owns. */
export async function readTensorFile(source: ByteSource): Promise<TensorFile> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  const layout = sniffLayout(head);
  if (layout !== undefined) return READERS[layout](source);
  throw new InputError(explainUnknown(head), {
    file: source.file,
    action: 'Choose a .safetensors, .pt or .pth file.',
  });
}

/** What a file is instead, for the cases that happen. */
function explainUnknown(head: Uint8Array): string {
  const text = Buffer.from(head).toString('latin1');
  if (head.length === 0) return 'This file is empty.';
  if (text.startsWith('version https://git-lfs')) return 'This is a Git LFS pointer, not the file it stands for.';
  if (/^\s*<(!doctype|html)/i.test(text)) return 'This is a web page, not a weights file: the download failed.';
  if (text.slice(TAR_MAGIC_AT).startsWith('ustar'))
    return 'This is a tar archive; PyTorch checkpoints from before 2017 are not read.';
  if (head[0] === 0x80) return 'This is a Python pickle, but not a PyTorch checkpoint.';
  return 'This is neither a safetensors file nor a PyTorch checkpoint.';
}
