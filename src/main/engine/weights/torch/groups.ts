/** Finding the state dicts inside what a pickle built. */
import { DTYPES, tensorBytes } from '../dtypes.ts';
import type { TensorEntry } from '../tensor-file.ts';
import { Refusal } from './globals.ts';
import { PickleDict, PickleList, PickleRecord, PickleTuple, type PickleValue, TorchTensor } from './values.ts';

/** A tensor of a checkpoint with the view it is. */
export interface TorchEntry extends TensorEntry {
  readonly view: TorchTensor;
}

export type TorchGroups = ReadonlyMap<string, ReadonlyMap<string, TorchEntry>>;

/** Containers inside containers, over the whole pickle. */
const MAX_NESTING = 64;
/** State dicts lie at the top, one level below, or two (`optimizer/state/0`); deeper ones are not weights. */
const MAX_GROUP_DEPTH = 4;
const MAX_KEY_LENGTH = 512;

/**
 * The tensors of a checkpoint by state dict.
 * @throws Refusal when values contain themselves, lie too deep or carry impossible keys
 */
export function findGroups(root: PickleValue): TorchGroups {
  checkNesting(root);
  const groups = new Map<string, Map<string, TorchEntry>>();
  if (root instanceof TorchTensor) {
    groups.set('', new Map([['tensor', toEntry('tensor', root)]]));
    return groups;
  }
  const visited = new Set<PickleDict>();
  const visit = (dict: PickleDict, path: readonly string[]): void => {
    // The same dict under a second name would only repeat its tensors.
    if (visited.has(dict)) return;
    visited.add(dict);
    const group = new Map<string, TorchEntry>();
    for (const [key, value] of dict.entries) {
      const name = String(key);
      const isWanted = value instanceof TorchTensor || value instanceof PickleDict;
      if (isWanted && (name.length > MAX_KEY_LENGTH || /\p{Surrogate}/u.test(name))) {
        throw new Refusal(`a key of ${name.length} characters that is too long or no valid text`);
      }
      if (value instanceof TorchTensor) group.set(name, toEntry(name, value));
      else if (value instanceof PickleDict && path.length < MAX_GROUP_DEPTH) visit(value, [...path, name]);
    }
    const where = path.join('/');
    if (group.size === 0) return;
    if (groups.has(where)) throw new Refusal(`two state dicts under the name ${JSON.stringify(where)}`);
    groups.set(where, group);
  };
  if (root instanceof PickleDict) visit(root, []);
  return groups;
}

function toEntry(name: string, view: TorchTensor): TorchEntry {
  const { shape } = view;
  const { dtype } = view.storage;
  const bytes = tensorBytes(dtype, shape) ?? 0;
  const held = view.storage.length * DTYPES[dtype].bytes;
  if (bytes > held + MAX_EXPANSION_BYTES) {
    throw new Refusal(`the tensor "${name}" [${shape.join(', ')}], which repeats ${held} stored bytes to ${bytes}`);
  }
  return { name, dtype, shape, bytes, view };
}

/** Views with a stride of 0 repeat their elements; a few repeated vectors are normal, a tensor made of one number is not. */
const MAX_EXPANSION_BYTES = 16 << 20;

function childrenOf(value: PickleValue): readonly PickleValue[] {
  if (value instanceof PickleTuple || value instanceof PickleList) return value.items;
  if (value instanceof PickleDict) return [...value.entries.values()];
  return value instanceof PickleRecord ? value.parts : [];
}

/**
 * Refuses values that contain themselves and values nested too deep. Iterative, and each value is seen once however
 * often it is shared, so hostile nesting costs neither stack nor time.
 */
function checkNesting(root: PickleValue): void {
  interface Frame {
    readonly value: PickleValue;
    readonly children: readonly PickleValue[];
    next: number;
    height: number;
  }
  const frame = (value: PickleValue): Frame => ({ value, children: childrenOf(value), next: 0, height: 1 });
  const open = new Set<PickleValue>();
  const heights = new Map<PickleValue, number>();
  const path: Frame[] = [frame(root)];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    if (path.length > MAX_NESTING || top.height > MAX_NESTING)
      throw new Refusal(`values nested deeper than ${MAX_NESTING}`);
    open.add(top.value);
    const child = top.children[top.next++];
    if (child === undefined) {
      path.pop();
      open.delete(top.value);
      heights.set(top.value, top.height);
      const parent = path.at(-1);
      if (parent !== undefined) parent.height = Math.max(parent.height, top.height + 1);
      continue;
    }
    if (typeof child !== 'object' || child === null) continue;
    if (open.has(child)) throw new Refusal('a value that contains itself');
    const known = heights.get(child);
    if (known === undefined) path.push(frame(child));
    else top.height = Math.max(top.height, known + 1);
  }
}
