/** MIME types of videos: what a player is told. Browsers look at the bytes themselves; the type must only be a video's. */
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/mp4',
  mkv: 'video/webm',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  ts: 'video/mp2t',
  flv: 'video/x-flv',
  wmv: 'video/x-ms-asf',
};

/** By the ending of a file name. */
export const mediaTypeOf = (file: string): string => TYPES[path.extname(file).slice(1).toLowerCase()] ?? 'video/mp4';
