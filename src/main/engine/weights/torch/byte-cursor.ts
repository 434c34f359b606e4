/** Stepping through bytes in memory, with an error of its own kind where they end too early. */

/** The bytes end inside a value. A reader that has only a part of the file may come back with more. */
export class EndOfBytes extends Error {}

export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new EndOfBytes();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #step(length: number): number {
    if (length > this.#bytes.length - this.at) throw new EndOfBytes();
    this.at += length;
    return this.at - length;
  }

  uint8 = (): number => this.#view.getUint8(this.#step(1));
  uint16 = (): number => this.#view.getUint16(this.#step(2), true);
  uint32 = (): number => this.#view.getUint32(this.#step(4), true);
  int32 = (): number => this.#view.getInt32(this.#step(4), true);
  /** Big-endian, as pickles write floats. */
  float64 = (): number => this.#view.getFloat64(this.#step(8), false);
  /** Lengths beyond 2^53 become infinite, so that `take` finds the bytes too short. */
  uint64 = (): number => {
    const value = this.#view.getBigUint64(this.#step(8), true);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
  };

  /** The bytes before the next line feed, at most `limit`; undefined where the line is longer. */
  line(limit: number): Uint8Array | undefined {
    const end = this.#bytes.indexOf(0x0a, this.at);
    const length = (end < 0 ? this.#bytes.length : end) - this.at;
    if (length > limit) return undefined;
    if (end < 0) throw new EndOfBytes();
    const line = this.take(length);
    this.at++;
    return line;
  }
}
