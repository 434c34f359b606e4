/** File names that come from a window or from a browser: a name only, never a place. */
import type { SaveFormat } from '#shared/contract.ts';

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
const LIMIT = 120;

/**
 * A name that is safe to create on every system: the last part of whatever path was given, without control characters
 * and the characters that Windows refuses, not hidden, at most 120 characters with the ending kept.
 */
export function toSafeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = [...last]
    .filter((character) => (character.codePointAt(0) as number) >= 32 && !'<>:"|?*\u007f'.includes(character))
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (clean === '' || RESERVED.test(clean)) return `file${/\.\w{1,8}$/.exec(clean)?.[0] ?? ''}`;
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 10 ? clean.slice(dot) : '';
  return clean.length <= LIMIT ? clean : [...clean].slice(0, LIMIT - ending.length).join('') + ending;
}

/** The usual ending of each format; a folder has none. */
export const FORMAT_ENDINGS: Readonly<Record<SaveFormat, string>> = {
  png: '.png',
  jpeg: '.jpg',
  webp: '.webp',
  tiff: '.tif',
  mp4: '.mp4',
  mov: '.mov',
  mkv: '.mkv',
  webm: '.webm',
  pictures: '',
  safetensors: '.safetensors',
};

const OTHER_ENDINGS: Readonly<Partial<Record<SaveFormat, string>>> = { jpeg: '.jpeg', tiff: '.tiff', mp4: '.m4v' };

/** The name with the ending of its format. */
export function withFormatEnding(name: string, format: SaveFormat): string {
  const safe = toSafeName(name);
  const lower = safe.toLowerCase();
  const ending = FORMAT_ENDINGS[format];
  const fits = [ending, OTHER_ENDINGS[format] ?? ending].some((known) => known !== '' && lower.endsWith(known));
  return fits ? safe : `${safe.replace(/\.(png|jpe?g|webp|tiff?|mp4|m4v|mov|mkv|webm)$/i, '')}${ending}`;
}
