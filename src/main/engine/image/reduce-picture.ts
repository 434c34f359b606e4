/** A decoded picture at a smaller size, in its own colour space. */
import { sharp } from './codec.ts';
import type { DecodedPicture } from './picture.ts';
import { toEightBit } from './working.ts';

/** The picture with no side longer than `maxSide`, in 8 bits; itself where it is not larger. */
export async function reducePicture(picture: DecodedPicture, maxSide: number): Promise<DecodedPicture> {
  const { width, height, channels } = picture;
  if (Math.max(width, height) <= maxSide) return picture;
  // Raw samples carry no profile: nothing is converted.
  const { data, info } = await sharp(toEightBit(picture.pixels), {
    raw: { width, height, channels },
    limitInputPixels: false,
  })
    .resize({ width: maxSide, height: maxSide, fit: 'inside' })
    .toColourspace(channels < 3 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...picture, width: info.width, height: info.height, bitDepth: 8, pixels: new Uint8Array(data) };
}
