import { expect, it } from 'vitest';
import { greyLevels } from '#engine/image/exact/grey.ts';

it('weighs red, green and blue in 32768ths, rounded', () => {
  const [r, g, b] = [
    Uint8Array.of(255, 255, 0, 0, 10),
    Uint8Array.of(255, 0, 255, 0, 20),
    Uint8Array.of(255, 0, 0, 255, 30),
  ];
  expect([...greyLevels(r, g, b)]).toEqual([255, 76, 150, 29, 18]);
});
