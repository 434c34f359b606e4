/** Damage to files, the same on every run: what broken disks do and what people do who look for a way in. */

type Random = () => number;

const natural = (random: Random, below: number): number => Math.floor(random() * below);
/** Numbers at the edges of their types, as 64 bits. */
const EDGES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  (1n << 53n) - 1n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let count = 1 + natural(random, 4); count > 0; count--) {
      const at = natural(random, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << natural(random, 8));
    }
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[natural(random, bytes.length)] = natural(random, 256);
    return bytes;
  },
  function setEdge(bytes, random) {
    const edge = Buffer.alloc(8);
    edge.writeBigUInt64LE(EDGES[natural(random, EDGES.length)] ?? 0n);
    edge.copy(bytes, natural(random, bytes.length), 0, 2 ** natural(random, 4));
    return bytes;
  },
  function remove(bytes, random) {
    const at = natural(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + natural(random, 16))]);
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, natural(random, bytes.length));
  },
  function repeat(bytes, random) {
    const from = natural(random, bytes.length);
    const at = natural(random, bytes.length);
    return Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(from, from + 1 + natural(random, 64)),
      bytes.subarray(at),
    ]);
  },
  function move(bytes, random) {
    const from = natural(random, bytes.length);
    bytes.copy(bytes, natural(random, bytes.length), from, from + 1 + natural(random, 32));
    return bytes;
  },
  function changeDigit(bytes, random) {
    for (let tries = 0; tries < 64; tries++) {
      const at = natural(random, bytes.length);
      const byte = bytes[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) {
        bytes[at] = 0x30 + natural(random, 10);
        break;
      }
    }
    return bytes;
  },
];

/** A damaged copy; one to three damages. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged: Buffer = Buffer.from(bytes);
  for (let count = 1 + natural(random, 3); count > 0 && damaged.length > 0; count--) {
    damaged = (MUTATIONS[natural(random, MUTATIONS.length)] as Mutation)(damaged, random);
  }
  return Uint8Array.from(damaged);
}
