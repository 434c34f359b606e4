/** File names that come from a window or from a browser: a name only, never a place. */

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

/** The usual ending of each export format. */
export const FORMAT_ENDINGS = { png: '.png', jpeg: '.jpg', webp: '.webp', tiff: '.tif' } as const;

const OTHER_ENDINGS = { png: [], jpeg: ['.jpeg'], webp: [], tiff: ['.tiff'] } as const;

/** The name with the ending of its format. */
export function withFormatEnding(name: string, format: keyof typeof FORMAT_ENDINGS): string {
  const safe = toSafeName(name);
  const lower = safe.toLowerCase();
  const fits = [FORMAT_ENDINGS[format], ...OTHER_ENDINGS[format]].some((ending) => lower.endsWith(ending));
  return fits ? safe : `${safe.replace(/\.(png|jpe?g|webp|tiff?)$/i, '')}${FORMAT_ENDINGS[format]}`;
}
