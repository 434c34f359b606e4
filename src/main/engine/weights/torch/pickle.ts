/**
 * A pickle interpreter that can only build data. Opcodes and names are allow-lists, storages come from the caller, and
 * the amount of work and memory is bounded by the number of instructions. Protocols 2 to 5.
 */
import { ByteCursor } from './byte-cursor.ts';
import { ALLOWED_GLOBALS, Refusal, setEntry } from './globals.ts';
import {
  describe,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleRecord,
  PickleTuple,
  type PickleValue,
  TorchTensor,
} from './values.ts';

/** A full training checkpoint with optimiser states takes about a hundred thousand. */
export const MAX_INSTRUCTIONS = 1_000_000;
/** Dicts cost the most memory of all values; a full checkpoint has some thousands. */
const MAX_DICTS = 100_000;
const MAX_NAME_BYTES = 200;
const MAX_INTEGER_BYTES = 64;

export interface Unpickled {
  readonly value: PickleValue;
  /** Bytes that the pickle takes, up to and with its STOP. */
  readonly length: number;
}

/** Turns the id of an object outside the pickle into the object. @throws Refusal */
export type PersistentLoad = (id: PickleValue) => PickleValue;

/**
 * Interprets one pickle at the beginning of `bytes`.
 * @throws Refusal naming what is not allowed, EndOfBytes where the bytes end before the pickle does
 */
export function unpickle(bytes: Uint8Array, persistentLoad: PersistentLoad): Unpickled {
  const machine = new Machine(new ByteCursor(bytes), persistentLoad);
  for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
    const at = machine.cursor.at;
    const code = machine.cursor.uint8();
    if (code === STOP) return { value: machine.pop(), length: machine.cursor.at };
    const instruction = INSTRUCTIONS.get(code);
    if (instruction === undefined) {
      throw new Refusal(`the pickle instruction 0x${code.toString(16).padStart(2, '0')} at byte ${at}`);
    }
    instruction(machine);
  }
  throw new Refusal(`a pickle of more than ${MAX_INSTRUCTIONS} instructions`);
}

const STOP = 0x2e;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Machine {
  readonly cursor: ByteCursor;
  readonly persistentLoad: PersistentLoad;
  readonly memo = new Map<number, PickleValue>();
  #dicts = 0;
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];

  constructor(cursor: ByteCursor, persistentLoad: PersistentLoad) {
    this.cursor = cursor;
    this.persistentLoad = persistentLoad;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw new Refusal('an instruction on an empty stack');
    return value;
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw new Refusal('an instruction on an empty stack');
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack);
    this.#stack = [];
  }

  /** Everything above the last mark. */
  popMark(): PickleValue[] {
    const items = this.#stack;
    const below = this.#marks.pop();
    if (below === undefined) throw new Refusal('an instruction without its mark');
    this.#stack = below;
    return items;
  }

  tuple(length: number): void {
    const items = Array.from({ length }, () => this.pop()).reverse();
    this.push(new PickleTuple(items));
  }

  text(bytes: Uint8Array | undefined): string {
    try {
      return utf8.decode(bytes);
    } catch {
      throw new Refusal('text that is not UTF-8');
    }
  }

  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new Refusal(`the memo entry ${index}, which does not exist`);
    this.push(value);
  }

  global(module: PickleValue, name: PickleValue): void {
    const full = `${module}.${name}`;
    if (typeof module !== 'string' || typeof name !== 'string' || !ALLOWED_GLOBALS.has(full)) {
      throw new Refusal(`the Python name "${full.slice(0, 2 * MAX_NAME_BYTES)}"`);
    }
    this.push(new PickleGlobal(full));
  }

  call(callee: PickleValue, args: PickleValue): void {
    const build = callee instanceof PickleGlobal ? ALLOWED_GLOBALS.get(callee.name) : undefined;
    if (!build || !(args instanceof PickleTuple)) throw new Refusal(`a call of ${describe(callee)}`);
    const value = build(args.items);
    if (value instanceof PickleDict) this.#countDict();
    this.push(value);
  }

  emptyDict(): void {
    this.#countDict();
    this.push(new PickleDict());
  }

  #countDict(): void {
    if (++this.#dicts > MAX_DICTS) throw new Refusal(`a pickle of more than ${MAX_DICTS} dicts`);
  }

  /**
   * State that Python would add to an object: `_metadata` of a state dict, the options of a namespace, attributes that
   * someone hung on a parameter. None of it is weights.
   */
  build(): void {
    this.pop();
    const target = this.top();
    if (!(target instanceof PickleDict || target instanceof PickleRecord || target instanceof TorchTensor)) {
      throw new Refusal(`state for ${describe(target)}`);
    }
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!(list instanceof PickleList)) throw new Refusal(`list items for ${describe(list)}`);
    for (const item of items) list.items.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict)) throw new Refusal(`dict entries for ${describe(dict)}`);
    if (items.length % 2 !== 0) throw new Refusal('a dict entry without a value');
    for (let at = 0; at < items.length; at += 2) setEntry(dict, items[at], items[at + 1] as PickleValue);
  }

  /** Little-endian two's complement. */
  integer(length: number): void {
    if (length > MAX_INTEGER_BYTES) throw new Refusal(`an integer of ${length} bytes`);
    let value = 0n;
    const bytes = this.cursor.take(length);
    for (let at = length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at] as number);
    value = BigInt.asIntN(8 * length, value);
    const small = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    this.push(small ? Number(value) : value);
  }
}

type Instruction = (machine: Machine) => void;

/** Bytes that stay when the window they were read from goes. */
const ownBytes = (m: Machine, length: number): void => m.push(m.cursor.take(length).slice());
/** Python 2 strings; Latin-1 keeps every byte. */
const oldText = (m: Machine, length: number): void => m.push(Buffer.from(m.cursor.take(length)).toString('latin1'));

const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  // Frame and stack
  [
    0x80,
    (m) => {
      const protocol = m.cursor.uint8();
      if (protocol < 2 || protocol > 5) throw new Refusal(`the pickle protocol ${protocol}`);
    },
  ],
  [0x95, (m) => void m.cursor.uint64()],
  [0x28, (m) => m.mark()],
  [0x30, (m) => void m.pop()],
  [0x31, (m) => void m.popMark()],
  [0x32, (m) => m.push(m.top())],
  // Memo
  [0x71, (m) => void m.memo.set(m.cursor.uint8(), m.top())],
  [0x72, (m) => void m.memo.set(m.cursor.uint32(), m.top())],
  [0x94, (m) => void m.memo.set(m.memo.size, m.top())],
  [0x68, (m) => m.get(m.cursor.uint8())],
  [0x6a, (m) => m.get(m.cursor.uint32())],
  // Constants and numbers
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4a, (m) => m.push(m.cursor.int32())],
  [0x4b, (m) => m.push(m.cursor.uint8())],
  [0x4d, (m) => m.push(m.cursor.uint16())],
  [0x8a, (m) => m.integer(m.cursor.uint8())],
  [0x8b, (m) => m.integer(m.cursor.uint32())],
  [0x47, (m) => m.push(m.cursor.float64())],
  // Text and bytes
  [0x58, (m) => m.push(m.text(m.cursor.take(m.cursor.uint32())))],
  [0x8c, (m) => m.push(m.text(m.cursor.take(m.cursor.uint8())))],
  [0x8d, (m) => m.push(m.text(m.cursor.take(m.cursor.uint64())))],
  [0x54, (m) => oldText(m, m.cursor.uint32())],
  [0x55, (m) => oldText(m, m.cursor.uint8())],
  [0x42, (m) => ownBytes(m, m.cursor.uint32())],
  [0x43, (m) => ownBytes(m, m.cursor.uint8())],
  [0x8e, (m) => ownBytes(m, m.cursor.uint64())],
  // Containers
  [0x29, (m) => m.tuple(0)],
  [0x85, (m) => m.tuple(1)],
  [0x86, (m) => m.tuple(2)],
  [0x87, (m) => m.tuple(3)],
  [
    0x74,
    (m) => {
      const items = m.popMark();
      m.push(new PickleTuple(items));
    },
  ],
  [0x5d, (m) => m.push(new PickleList())],
  [0x61, (m) => m.append([m.pop()])],
  [
    0x65,
    (m) => {
      const items = m.popMark();
      m.append(items);
    },
  ],
  [0x7d, (m) => m.emptyDict()],
  [
    0x73,
    (m) => {
      const value = m.pop();
      m.setItems([m.pop(), value]);
    },
  ],
  [
    0x75,
    (m) => {
      const items = m.popMark();
      m.setItems(items);
    },
  ],
  // Names, calls and state
  [
    0x63,
    (m) => {
      const module = m.cursor.line(MAX_NAME_BYTES);
      const name = module && m.cursor.line(MAX_NAME_BYTES);
      if (name === undefined) throw new Refusal(`a Python name of more than ${MAX_NAME_BYTES} bytes`);
      m.global(m.text(module), m.text(name));
    },
  ],
  [
    0x93,
    (m) => {
      const name = m.pop();
      m.global(m.pop(), name);
    },
  ],
  [
    0x52,
    (m) => {
      const args = m.pop();
      m.call(m.pop(), args);
    },
  ],
  [
    0x81,
    (m) => {
      const args = m.pop();
      m.call(m.pop(), args);
    },
  ],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.push(m.persistentLoad(m.pop()))],
]);
