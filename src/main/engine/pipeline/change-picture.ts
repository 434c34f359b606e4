import type { RgbImage } from '#engine/image/picture.ts';

/** The change that is pasted: middle grey where nothing changes. */
export const changePicture = (before: RgbImage, after: RgbImage): RgbImage => ({
  ...before,
  data: after.data.map((a, i) => 0.5 + 0.5 * (a - before.data[i]!)),
});
