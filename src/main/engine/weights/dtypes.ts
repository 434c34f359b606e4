/** Element types of weights files: one row per type, under the name that safetensors gives it. */

interface DtypeRow {
  /** Bytes of one element. */
  readonly bytes: number;
  /** The class in PyTorch whose storages hold this type; null where PyTorch checkpoints do not use one. */
  readonly torchStorage: string | null;
}

export const DTYPES = {
  BOOL: { bytes: 1, torchStorage: 'BoolStorage' },
  U8: { bytes: 1, torchStorage: 'ByteStorage' },
  I8: { bytes: 1, torchStorage: 'CharStorage' },
  F8_E4M3: { bytes: 1, torchStorage: null },
  F8_E5M2: { bytes: 1, torchStorage: null },
  U16: { bytes: 2, torchStorage: null },
  I16: { bytes: 2, torchStorage: 'ShortStorage' },
  F16: { bytes: 2, torchStorage: 'HalfStorage' },
  BF16: { bytes: 2, torchStorage: 'BFloat16Storage' },
  U32: { bytes: 4, torchStorage: null },
  I32: { bytes: 4, torchStorage: 'IntStorage' },
  F32: { bytes: 4, torchStorage: 'FloatStorage' },
  U64: { bytes: 8, torchStorage: null },
  I64: { bytes: 8, torchStorage: 'LongStorage' },
  F64: { bytes: 8, torchStorage: 'DoubleStorage' },
} as const satisfies Record<string, DtypeRow>;

export type Dtype = keyof typeof DTYPES;

/** More dimensions than any tensor of the field has; PyTorch's own limit. */
export const MAX_RANK = 64;

export const isDtype = (name: string): name is Dtype => Object.hasOwn(DTYPES, name);

/** Bytes of a tensor; undefined where the product leaves the integers that JavaScript holds exactly. */
export function tensorBytes(dtype: Dtype, shape: readonly number[]): number | undefined {
  // A dimension of zero makes the tensor empty however large the others are.
  if (shape.includes(0)) return 0;
  let bytes: number = DTYPES[dtype].bytes;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}
