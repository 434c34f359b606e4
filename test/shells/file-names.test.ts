import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSafeName, withFormatEnding } from '#main/shells/file-names.ts';

describe('toSafeName', () => {
  it.each([
    ['photo.png', 'photo.png'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\Zoë 1.jpg', 'Zoë 1.jpg'],
    ['a<b>c:"d|e?f*.png', 'abcdef.png'],
    ['.bashrc', 'bashrc'],
    ['..', 'file'],
    ['', 'file'],
    ['CON', 'file'],
    ['nul.png', 'file.png'],
    ['new\nline\u0000.png', 'newline.png'],
    ['dot. ', 'dot'],
  ])('%j becomes %j', (name, safe) => {
    expect(toSafeName(name)).toBe(safe);
  });

  it('is always one plain name of bounded length, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (name) => {
        const safe = toSafeName(name);
        expect(path.basename(safe)).toBe(safe);
        expect(path.win32.basename(safe)).toBe(safe);
        expect(safe).not.toMatch(/^\.|^$|\p{Cc}/u);
        expect([...safe].length).toBeLessThanOrEqual(120);
      }),
    );
  });

  it('keeps the ending of a long name', () => {
    expect(toSafeName(`${'x'.repeat(300)}.webp`)).toMatch(/^x{115}\.webp$/);
  });
});

describe('withFormatEnding', () => {
  it.each([
    ['a.png', 'png', 'a.png'],
    ['a.JPEG', 'jpeg', 'a.JPEG'],
    ['a.jpg', 'png', 'a.png'],
    ['a', 'tiff', 'a.tif'],
    ['a.b', 'webp', 'a.b.webp'],
    ['../a.tiff', 'tiff', 'a.tiff'],
    ['film.avi', 'mp4', 'film.avi.mp4'],
    ['film.MP4', 'mp4', 'film.MP4'],
    ['film.mp4', 'mkv', 'film.mkv'],
    ['frames.mp4', 'pictures', 'frames'],
  ] as const)('%s as %s is %s', (name, format, expected) => {
    expect(withFormatEnding(name, format)).toBe(expected);
  });
});
