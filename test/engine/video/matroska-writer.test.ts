import { expect, test } from 'vitest';
import { matroskaFrameHead, matroskaHeader } from '#engine/video/matroska-writer.ts';

/** One element: identifier with its marker, content, and where the next begins. */
function readElement(bytes: Uint8Array, at: number): { id: number; body: number; end: number } {
  const length = (first: number): number => Math.clz32(first) - 23;
  const idLength = length(bytes[at] ?? 0);
  const id = bytes.subarray(at, at + idLength).reduce((value, byte) => value * 256 + byte, 0);
  const sizeAt = at + idLength;
  const sizeLength = length(bytes[sizeAt] ?? 0);
  const size = [...bytes.subarray(sizeAt, sizeAt + sizeLength)].reduce(
    (value, byte, i) => value * 256 + (i === 0 ? byte & (0xff >> sizeLength) : byte),
    0,
  );
  return { id, body: sizeAt + sizeLength, end: sizeAt + sizeLength + size };
}

const number = (bytes: Uint8Array, { body, end }: { body: number; end: number }): bigint =>
  bytes.subarray(body, end).reduce((value, byte) => value * 256n + BigInt(byte), 0n);

test('a frame is a cluster with its time, its duration and the size of its pixels', () => {
  const time = 123_456_789_012_345n;
  const head = matroskaFrameHead(time, 33_366_667n, 1000);
  const whole = new Uint8Array(head.length + 1000);
  whole.set(head);
  const cluster = readElement(whole, 0);
  expect([cluster.id, cluster.end]).toEqual([0x1f43b675, whole.length]);
  const timestamp = readElement(whole, cluster.body);
  expect([timestamp.id, number(whole, timestamp)]).toEqual([0xe7, time]);
  const group = readElement(whole, timestamp.end);
  expect([group.id, group.end]).toEqual([0xa0, whole.length]);
  const duration = readElement(whole, group.body);
  expect([duration.id, number(whole, duration)]).toEqual([0x9b, 33_366_667n]);
  const block = readElement(whole, duration.end);
  expect([block.id, block.end - block.body]).toEqual([0xa1, 1004]);
  expect([...whole.subarray(block.body, block.body + 4)]).toEqual([0x81, 0, 0, 0]);
});

test('the header names the document, an open segment, nanoseconds and uncompressed RGB', () => {
  const header = matroskaHeader({ width: 1281, height: 721, defaultDuration: 40_000_000n });
  const ebml = readElement(header, 0);
  expect(ebml.id).toBe(0x1a45dfa3);
  expect([...header.subarray(ebml.end, ebml.end + 12)]).toEqual([0x18, 0x53, 0x80, 0x67, 1, ...Array(7).fill(255)]);
  const info = readElement(header, ebml.end + 12);
  const scale = readElement(header, info.body);
  expect([scale.id, number(header, scale)]).toEqual([0x2ad7b1, 1n]);
  const tracks = readElement(header, info.end);
  expect([tracks.id, tracks.end]).toEqual([0x1654ae6b, header.length]);
  expect(Buffer.from(header).includes(Buffer.from('V_UNCOMPRESSED'))).toBe(true);
  expect(Buffer.from(header).includes(Buffer.from([0x52, 0x47, 0x42, 24]))).toBe(true);
  expect(Buffer.from(header).includes(Buffer.from([0x05, 0x01]))).toBe(true);
});
