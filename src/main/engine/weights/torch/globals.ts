/**
 * The names of Python that a checkpoint may mention, and what a call of each builds here. This table is the whole
 * allow-list: a name that is not in it is refused, and no row does more than put data together.
 */
import { DTYPES, type Dtype, MAX_RANK, tensorBytes } from '../dtypes.ts';
import {
  describe,
  PickleDict,
  PickleList,
  PickleRecord,
  PickleTuple,
  type PickleValue,
  TorchStorage,
  TorchTensor,
} from './values.ts';

/** Why a pickle is refused; the reader adds the file. */
export class Refusal extends Error {}

type Build = (args: readonly PickleValue[]) => PickleValue;

const record =
  (name: string): Build =>
  (args) =>
    new PickleRecord(name, args);

const STORAGE_CLASSES = Object.values(DTYPES).flatMap(({ torchStorage }) => torchStorage ?? []);
const TORCH_DTYPES = ['float16', 'bfloat16', 'float32', 'float64', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool'];

/** null: the name may be mentioned (as a storage class, say) but not called. */
export const ALLOWED_GLOBALS: ReadonlyMap<string, Build | null> = new Map<string, Build | null>([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch.nn.parameter.Parameter', rebuildParameter],
  ['torch.Size', record('torch.Size')],
  ['torch.device', record('torch.device')],
  ['argparse.Namespace', record('argparse.Namespace')],
  // A best score or a step that was kept as a NumPy number.
  ['numpy.dtype', record('numpy.dtype')],
  ['numpy.core.multiarray.scalar', record('a NumPy number')],
  ['numpy._core.multiarray.scalar', record('a NumPy number')],
  ['_codecs.encode', encodeBytes],
  ...STORAGE_CLASSES.flatMap((name): [string, null][] => [
    [`torch.${name}`, null],
    [`torch.cuda.${name}`, null],
  ]),
  ...TORCH_DTYPES.map((name): [string, null] => [`torch.${name}`, null]),
]);

/** `OrderedDict()` or `OrderedDict([(key, value), …])`. */
function orderedDict(args: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  const [pairs] = args;
  if (args.length === 0) return dict;
  if (args.length > 1 || !(pairs instanceof PickleList)) throw new Refusal('an OrderedDict made of something odd');
  for (const pair of pairs.items) {
    const items = pair instanceof PickleTuple || pair instanceof PickleList ? pair.items : [];
    if (items.length !== 2) throw new Refusal('an OrderedDict made of something odd');
    setEntry(dict, items[0], items[1] as PickleValue);
  }
  return dict;
}

/**
 * Adds an entry. Python would let a later entry replace an earlier one; a checkpoint never needs that, and two readers
 * could be shown two different networks by it.
 */
export function setEntry(dict: PickleDict, key: PickleValue | undefined, value: PickleValue): void {
  if (key === undefined || (typeof key === 'object' && key !== null)) {
    throw new Refusal(`${describe(key)} as a key of a dict`);
  }
  if (dict.entries.has(key))
    throw new Refusal(`the key ${JSON.stringify(String(key).slice(0, 120))}, which occurs twice`);
  dict.entries.set(key, value);
}

/** (storage, offset, size, stride, …): what follows says how gradients are kept, which a file does not carry. */
function rebuildTensor(args: readonly PickleValue[]): TorchTensor {
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof TorchStorage)) throw new Refusal(`a tensor over ${describe(storage)} instead of a storage`);
  const where = `a tensor over the storage ${storage.key}`;
  if (!isNatural(offset)) throw new Refusal(`${where} with the offset ${describe(offset)}`);
  const shape = naturals(size);
  const strides = naturals(stride);
  if (shape === undefined || strides === undefined || shape.length !== strides.length || shape.length > MAX_RANK) {
    throw new Refusal(`${where} with the size ${describe(size)} and the strides ${describe(stride)}`);
  }
  if (tensorBytes(storage.dtype, shape) === undefined) throw new Refusal(`${where} of the size [${shape.join(', ')}]`);
  const end = offset + spanOf(shape, strides);
  if (!Number.isSafeInteger(end) || end > storage.length) {
    throw new Refusal(
      `${where} that reaches element ${end}, though the storage has ${storage.length} ` +
        `(offset ${offset}, size [${shape.join(', ')}], strides [${strides.join(', ')}])`,
    );
  }
  return new TorchTensor(storage, offset, shape, strides);
}

/** Elements from the first to the last one that a view touches, both included; 0 for an empty view. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * (strides[axis] as number), 1);
}

function rebuildParameter(args: readonly PickleValue[]): TorchTensor {
  const [data] = args;
  if (!(data instanceof TorchTensor)) throw new Refusal(`a parameter made of ${describe(data)}`);
  return data;
}

/** How protocol 2 writes bytes: the text whose Latin-1 form they are. */
function encodeBytes(args: readonly PickleValue[]): Uint8Array {
  const [text, encoding] = args;
  if (typeof text !== 'string' || encoding !== 'latin1')
    throw new Refusal('a call of _codecs.encode other than for bytes');
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

const isNatural = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A size: a tuple, a list or a `torch.Size` of natural numbers. */
function naturals(value: PickleValue | undefined): readonly number[] | undefined {
  if (value instanceof PickleRecord && value.name === 'torch.Size') return naturals(value.parts[0]);
  const items = value instanceof PickleTuple || value instanceof PickleList ? value.items : undefined;
  return items?.every(isNatural) ? items : undefined;
}

/** The element type of a storage class that the table allows, from its full name. */
export function storageDtype(name: string): Dtype | undefined {
  const match = /^torch\.(?:cuda\.)?(\w+Storage)$/.exec(name);
  return (Object.keys(DTYPES) as Dtype[]).find((dtype) => match !== null && DTYPES[dtype].torchStorage === match[1]);
}
