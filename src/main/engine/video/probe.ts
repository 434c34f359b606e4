/** What a video file holds, by ffprobe in its own process. */
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { CHOOSE_VIDEO, identifyVideo } from './containers-in.ts';
import { inputOptions } from './input-options.ts';
import { VIDEO_LIMITS, type VideoLimits } from './limits.ts';
import { description } from './probe-schema.ts';
import { runTool, ToolError } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';
import { readDescription } from './tracks.ts';
import type { Container, VideoInfo } from './video-info.ts';

export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  /** The file as the user knows it; without it, its name. */
  readonly file?: string | undefined;
  readonly limits?: VideoLimits | undefined;
}

/**
 * Reads the headers. Only the file itself is read: never a playlist, another file or the network.
 * @throws InputError for anything that is no usable video, within `limits.probeMs`
 * @throws CancelledError, MissingPackError
 */
export async function probeVideo(video: string, options: ProbeOptions = {}): Promise<VideoInfo> {
  const absolute = path.resolve(video);
  const { file = path.basename(absolute), limits = VIDEO_LIMITS, signal } = options;
  const { container, bytes } = await identifyVideo(absolute, file);
  const json = await describe(absolute, file, container, limits, signal);
  const parsed = description.safeParse(json);
  if (!parsed.success) throw unreadable(file, container, parsed.error);
  return { path: absolute, file, bytes, container, ...readDescription(parsed.data, file, limits) };
}

async function describe(
  video: string,
  file: string,
  container: Container,
  limits: VideoLimits,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { ffprobe } = await openToolbox();
  const args = [
    '-v',
    'error',
    '-show_format',
    '-show_streams',
    '-show_chapters',
    '-of',
    'json',
    ...inputOptions(video, container, limits),
  ];
  try {
    const text = await runTool(ffprobe, args, {
      signal,
      timeoutMs: limits.probeMs,
      maxOutput: limits.descriptionBytes,
    });
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof ToolError || error instanceof SyntaxError) throw unreadable(file, container, error);
    throw error;
  }
}

/** The one refusal for content that the programs cannot read. */
export function unreadable(file: string, container: Container, cause: unknown): InputError {
  const messages = {
    timeout: `Reading this ${container.title} file takes too long: it is damaged or made to do so.`,
    output: `This ${container.title} file describes itself at endless length.`,
    crash: `The installed ffmpeg or ffprobe breaks down on this ${container.title} file.`,
    exit: `This ${container.title} file is damaged or cut off.`,
  } as const;
  const message = messages[cause instanceof ToolError ? cause.reason : 'exit'];
  return new InputError(message, { file, action: CHOOSE_VIDEO, cause });
}
