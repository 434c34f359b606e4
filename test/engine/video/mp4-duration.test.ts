import { expect, test } from 'vitest';
import { withPictureDuration } from '#engine/video/mp4-duration.ts';

const box = (type: string, ...parts: Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};
const words = (...values: number[]): Uint8Array => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
};

/** A movie of one track: 1000 units a second for the movie, 30000 for the track. */
function movie(handler: string, runs: readonly (readonly [count: number, delta: number])[]): Uint8Array {
  const hdlr = box('hdlr', words(0, 0), Buffer.from(handler), words(0, 0, 0));
  const stts = box('stts', words(0, runs.length, ...runs.flat()));
  const stbl = box('stbl', stts, box('stsc', words(0, 0)));
  const mdia = box('mdia', box('mdhd', words(0, 0, 0, 30_000, 7, 0)), hdlr, box('minf', stbl));
  // An empty edit of 50 units comes first.
  const edts = box('edts', box('elst', words(0, 2, 50, 0xffffffff, 65_536, 7, 2002, 65_536)));
  const trak = box('trak', box('tkhd', words(0, 0, 0, 1, 0, 7, 0)), edts, mdia);
  return box('moov', box('mvhd', words(0, 0, 0, 1000, 7)), trak);
}

const find = (bytes: Uint8Array, type: string): number => Buffer.from(bytes).indexOf(type) + 4;
const word = (bytes: Uint8Array, at: number): number => Buffer.from(bytes).readUInt32BE(at);

test('a last sample of its own gets its duration in place', () => {
  const moov = movie('vide', [
    [3, 1001],
    [1, 1001],
  ]);
  const changed = withPictureDuration(Uint8Array.from(moov), 30_000);
  expect(changed).toHaveLength(moov.length);
  expect(word(changed, find(changed, 'stts') + 20)).toBe(30_000 - 3003);
  expect(word(changed, find(changed, 'mdhd') + 16)).toBe(30_000);
  expect(word(changed, find(changed, 'elst') + 20)).toBe(1000);
  expect(word(changed, find(changed, 'tkhd') + 20)).toBe(1050);
  expect(word(changed, find(changed, 'mvhd') + 16)).toBe(1050);
});

test('a run of equal samples is split, and every box around it grows', () => {
  const moov = movie('vide', [[4, 1001]]);
  const changed = withPictureDuration(Uint8Array.from(moov), 4000);
  expect(changed).toHaveLength(moov.length + 8);
  const stts = find(changed, 'stts');
  expect([4, 8, 12, 16, 20].map((at) => word(changed, stts + at))).toEqual([2, 3, 1001, 1, 4000 - 3003]);
  for (const type of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stts']) {
    expect(word(changed, find(changed, type) - 8)).toBe(word(moov, find(moov, type) - 8) + 8);
  }
  expect(Buffer.from(changed).indexOf('stsc')).toBe(Buffer.from(moov).indexOf('stsc') + 8);
});

test('the right length and tracks without pictures stay as they are', () => {
  const right = movie('vide', [[4, 1001]]);
  expect(withPictureDuration(Uint8Array.from(right), 4004)).toHaveLength(right.length);
  const sound = movie('soun', [[4, 1001]]);
  expect(Buffer.from(withPictureDuration(Uint8Array.from(sound), 9)).equals(sound)).toBe(true);
});
