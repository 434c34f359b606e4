import { expect, it } from 'vitest';
import { halfLanczos } from '#engine/image/exact/half-lanczos.ts';
import type { ByteImage } from '#engine/image/picture.ts';

const plain = (level: number): ByteImage => ({
  width: 8,
  height: 8,
  channels: 1,
  data: new Uint8Array(64).fill(level),
});

it('loses as much of an even picture as the taps of OpenCV do', () => {
  for (const level of [0, 1, 128, 200, 255]) {
    const expected = Math.floor((level * 2046 * 2046 + 2 ** 21) / 2 ** 22);
    expect(new Set(halfLanczos(plain(level)).data)).toEqual(new Set([expected]));
  }
});

it('weighs the samples 2 i - 3 to 2 i + 4, clipped to levels', () => {
  const line = (at: number) => {
    const picture = plain(0);
    for (let y = 0; y < 8; y++) picture.data[8 * y + at] = 255;
    return halfLanczos(picture).data.subarray(0, 4);
  };
  const share = (tap: number) => Math.max(0, Math.floor((255 * 2046 * tap + 2 ** 21) / 2 ** 22));
  expect([...line(4)]).toEqual([-26, -340, 1267, 122].map(share));
});
