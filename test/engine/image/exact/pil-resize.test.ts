import { describe, expect, it } from 'vitest';
import { type PilFilter, resizePil } from '#engine/image/exact/pil-resize.ts';
import { goldenLevels, goldenPicture, imageReference, interleaved } from '#test/support/image-reference.ts';

const reference = imageReference.pil_resize;
const picture = goldenPicture('pil8x6', 8, 6, 3);

describe('resizePil', () => {
  it.each<[PilFilter, number, number, number[][][]]>([
    ['bicubic', 5, 4, reference.bicubic_to_w5_h4],
    ['bilinear', 5, 4, reference.bilinear_to_w5_h4],
    ['lanczos', 4, 3, reference.lanczos_to_w4_h3],
  ])('gives the levels of Pillow: %s to %i x %i', (filter, width, height, expected) => {
    expect(interleaved(resizePil(picture, width, height, filter))).toEqual(expected.flat(2));
  });

  it('gives the levels of Pillow when it enlarges', () => {
    const row = interleaved(resizePil(picture, 16, 12, 'bicubic'), 0, 1);
    expect(row).toEqual(reference.bicubic_to_w16_h12_row0.flat());
  });

  it('gives the levels of Pillow for one channel', () => {
    const data = goldenLevels('lab8', 64).map((v) => v % 19) as Uint8Array<ArrayBuffer>;
    const small = resizePil({ width: 8, height: 8, channels: 1, data }, 4, 4, 'bicubic');
    expect([...small.data]).toEqual(imageReference.pil_resize_label_L.bicubic_to_4x4.flat());
  });

  it('leaves a picture of the wanted size as it is', () => {
    expect(resizePil(picture, 8, 6, 'lanczos')).toEqual(picture);
  });
});
