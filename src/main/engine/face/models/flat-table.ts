/** Fields of a flatbuffer table by number: enough to read a file whose schema is known but not compiled. */
import { ByteBuffer } from 'flatbuffers';

/** One table of a flatbuffer. Absent fields have the default that the schema gives. */
export class FlatTable {
  readonly #buffer: ByteBuffer;
  readonly #position: number;

  private constructor(buffer: ByteBuffer, position: number) {
    this.#buffer = buffer;
    this.#position = position;
  }

  /** The root table of a file, and its four-letter identifier. */
  static open(bytes: Uint8Array): { root: FlatTable; identifier: string } {
    const buffer = new ByteBuffer(bytes);
    return { root: new FlatTable(buffer, buffer.readInt32(0)), identifier: buffer.getBufferIdentifier() };
  }

  uint8(field: number, fallback = 0): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#buffer.readUint8(at);
  }

  int8(field: number, fallback = 0): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#buffer.readInt8(at);
  }

  int32(field: number, fallback = 0): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#buffer.readInt32(at);
  }

  text(field: number): string {
    const at = this.#field(field);
    return at === undefined ? '' : String(this.#buffer.__string(at));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : new FlatTable(this.#buffer, this.#buffer.__indirect(at));
  }

  tables(field: number): FlatTable[] {
    return this.#vector(field, 4, (at) => new FlatTable(this.#buffer, this.#buffer.__indirect(at)));
  }

  int32s(field: number): number[] {
    return this.#vector(field, 4, (at) => this.#buffer.readInt32(at));
  }

  /** A copy of a byte vector, so that it starts at an aligned address; undefined when absent or empty. */
  bytes(field: number): Uint8Array<ArrayBuffer> | undefined {
    const at = this.#field(field);
    if (at === undefined) return undefined;
    const start = this.#buffer.__vector(at);
    const length = this.#buffer.__vector_len(at);
    return length === 0 ? undefined : new Uint8Array(this.#buffer.bytes().subarray(start, start + length));
  }

  /** Absolute position of a field, undefined when the table does not hold it. */
  #field(field: number): number | undefined {
    const offset = this.#buffer.__offset(this.#position, 4 + 2 * field);
    return offset === 0 ? undefined : this.#position + offset;
  }

  #vector<T>(field: number, stride: number, read: (at: number) => T): T[] {
    const at = this.#field(field);
    if (at === undefined) return [];
    const start = this.#buffer.__vector(at);
    return Array.from({ length: this.#buffer.__vector_len(at) }, (_, i) => read(start + stride * i));
  }
}
