import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { FlatTable } from '#engine/face/models/flat-table.ts';

/** Fields: 0 int8, 1 absent, 2 text, 3 int32s, 4 tables, 5 bytes, 6 int32. */
function sample(): Uint8Array {
  const b = new Builder(64);
  const text = b.createString('Gesicht');
  b.startVector(4, 3, 4);
  for (const value of [9, -8, 7]) b.addInt32(value);
  const numbers = b.endVector();
  const children = [5, 6].map((value) => {
    b.startObject(1);
    b.addFieldInt8(0, value, 0);
    return b.endObject();
  });
  b.startVector(4, 2, 4);
  for (const child of [...children].reverse()) b.addOffset(child);
  const tables = b.endVector();
  const bytes = b.createByteVector(Uint8Array.of(1, 2, 255));
  b.startObject(7);
  b.addFieldInt8(0, -3, 0);
  b.addFieldOffset(2, text, 0);
  b.addFieldOffset(3, numbers, 0);
  b.addFieldOffset(4, tables, 0);
  b.addFieldOffset(5, bytes, 0);
  b.addFieldInt32(6, 123456, 0);
  b.finish(b.endObject(), 'TEST');
  return b.asUint8Array();
}

describe('FlatTable', () => {
  const { root, identifier } = FlatTable.open(sample());

  it('reads fields by number', () => {
    expect(identifier).toBe('TEST');
    expect(root.int8(0)).toBe(-3);
    expect(root.uint8(0)).toBe(253);
    expect(root.text(2)).toBe('Gesicht');
    expect(root.int32s(3)).toEqual([7, -8, 9]);
    expect(root.tables(4).map((child) => child.int8(0))).toEqual([5, 6]);
    expect(root.bytes(5)).toEqual(Uint8Array.of(1, 2, 255));
    expect(root.int32(6)).toBe(123456);
  });

  it('has defaults for absent fields', () => {
    expect(root.int32(1, 42)).toBe(42);
    expect(root.text(1)).toBe('');
    expect(root.int32s(9)).toEqual([]);
    expect(root.tables(9)).toEqual([]);
    expect(root.bytes(9)).toBeUndefined();
    expect(root.table(9)).toBeUndefined();
  });
});
