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
): readonly string[] => [
  ...PROTOCOLS,
  ...['-max_pixels', String(limits.pixels), '-max_streams', String(limits.streams)],
  ...['-max_alloc', String(limits.blockBytes)],
  ...['-f', demuxer, '-i', fileArgument(path)],
];

/** Pixels of all frames that a decoder may work on at once: each of its threads holds a frame. */
const PIXELS_IN_WORK = 64_000_000;
/** As many as decoders take by themselves on machines with many cores. */
const MOST_THREADS = 16;

/** Options before the input that bound a decoder's memory, whatever the number of cores. */
export const decoderThreads = ({ codedWidth, codedHeight }: { codedWidth: number; codedHeight: number }): string[] => {
  const threads = Math.max(1, Math.floor(PIXELS_IN_WORK / (codedWidth * codedHeight)));
  return threads < MOST_THREADS ? ['-threads', String(threads)] : [];
};
