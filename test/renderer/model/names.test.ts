import { describe, expect, it } from 'vitest';
import { exportName, withExtension } from '../../../src/renderer/model/names.ts';

describe('export names', () => {
  it.each([
    ['holiday.JPG', 'png', 'holiday-swap.png'],
    ['a.b.c.jpeg', 'tiff', 'a.b.c-swap.tif'],
    ['no extension', 'jpeg', 'no extension-swap.jpg'],
    ['a/b\\c:d*.png', 'webp', 'a_b_c_d_-swap.webp'],
    ['', 'png', 'picture-swap.png'],
  ] as const)('proposes for %j as %s: %j', (name, format, proposed) => {
    expect(exportName(name, format)).toBe(proposed);
  });

  it('never proposes a name that is too long for a file system', () => {
    expect(exportName(`${'x'.repeat(400)}.png`, 'png').length).toBeLessThanOrEqual(255);
    expect(withExtension('y'.repeat(400), 'tiff').length).toBeLessThanOrEqual(255);
  });

  it('changes the extension of a name that the user typed', () => {
    expect(withExtension('mine.png', 'jpeg')).toBe('mine.jpg');
    expect(withExtension('mine', 'webp')).toBe('mine.webp');
    expect(withExtension('  ', 'png')).toBe('picture.png');
  });
});
