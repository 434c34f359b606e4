/** File names that the window proposes. */
import type { ExportFormat } from '#shared/settings.ts';
import type { VideoContainer } from '#shared/video-formats.ts';

export const EXTENSIONS = { png: 'png', jpeg: 'jpg', webp: 'webp', tiff: 'tif' } as const satisfies Record<
  ExportFormat,
  string
>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what file systems refuse
const REFUSED = /[<>:"/\\|?*\u0000-\u001f]/g;

const stem = (name: string): string => name.replace(/\.[A-Za-z0-9]{1,5}$/, '');

/** `target` with the format's extension and a suffix that says what it is; at most 200 characters before that. */
export function exportName(target: string, format: ExportFormat): string {
  const safe = stem(target).replace(REFUSED, '_').trim().slice(0, 200);
  return `${safe === '' ? 'picture' : safe}-swap.${EXTENSIONS[format]}`;
}

/** The same name with another format's extension. */
export function withExtension(name: string, format: ExportFormat): string {
  const safe = stem(name).replace(REFUSED, '_').trim().slice(0, 240);
  return `${safe === '' ? 'picture' : safe}.${EXTENSIONS[format]}`;
}

/** The name of a video's result: a file, or a folder of pictures without an ending. */
export function resultName(target: string, format: VideoContainer | 'pictures'): string {
  const safe = stem(target).replace(REFUSED, '_').trim().slice(0, 200);
  return `${safe === '' ? 'video' : safe}-swap${format === 'pictures' ? '' : `.${format}`}`;
}
