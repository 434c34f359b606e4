/** How ffmpeg and ffprobe are told to open a video: one local file, one reader, limits before any frame is decoded. */
import { VIDEO_LIMITS, type VideoLimits } from './limits.ts';
import type { Container } from './video-info.ts';

/** Only these: no network, no `concat:`, no `data:`. */
export const PROTOCOLS: readonly string[] = ['-protocol_whitelist', 'file,pipe'];

/** A path as ffmpeg takes it without reading options, protocols or patterns into it. */
export const fileArgument = (path: string): string => `file:${path}`;

/** Options and the input itself. */
export const inputOptions = (
  path: string,
  { demuxer }: Container,
  limits: VideoLimits = VIDEO_LIMITS,
): readonly string[] => [...PROTOCOLS, '-max_pixels', String(limits.pixels), '-f', demuxer, '-i', fileArgument(path)];
