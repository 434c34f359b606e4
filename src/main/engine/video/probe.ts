/** What a video file holds, by ffprobe in its own process. */
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import { toReadError } from '#engine/image/read-file.ts';
import { CHOOSE_VIDEO, identifyVideo } from './containers-in.ts';
import { inputOptions } from './input-options.ts';
import { VIDEO_LIMITS, type VideoLimits } from './limits.ts';
import { lostFile } from './lost-file.ts';
import { pointsElsewhere } from './mp4-references.ts';
import { type Description, description } from './probe-schema.ts';
import { runTool, ToolError } from './tool-process.ts';
import { openToolbox } from './toolbox.ts';
import { checkClaims, checkFrameSize, readDescription, tooManyTracks } from './tracks.ts';
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
  const end = performance.now() + limits.probeMs;
  const look = (...extra: string[]): Promise<Look> =>
    describe(absolute, container, limits, { signal, timeoutMs: Math.max(1, end - performance.now()), extra });
  try {
    // What the headers alone claim, before any decoder is opened to learn more.
    refuseClaims(await look('-nofind_stream_info'), file, limits);
    if (container.demuxer === 'mov') await refuseReferences(absolute, file);
    const { found, failure } = await look();
    if (found === undefined) throw failure;
    return { path: absolute, file, bytes, container, ...readDescription(found, file, limits) };
  } catch (error) {
    const damaged = error instanceof ToolError || error instanceof SyntaxError || error instanceof z.ZodError;
    throw damaged ? unreadable(file, container, error) : error;
  }
}

async function refuseReferences(video: string, file: string): Promise<void> {
  const elsewhere = await pointsElsewhere(video).catch((error: unknown) => {
    throw toReadError(error, file);
  });
  if (!elsewhere) return;
  throw new InputError('The pictures of this video lie in another file, which is not followed.', {
    file,
    action: 'Save it as a self-contained video and choose that.',
  });
}

interface Look {
  /** Undefined where the program failed. */
  readonly found: Description | undefined;
  readonly failure: ToolError | undefined;
  /** What it complained about, also where it found something. */
  readonly complaints: string;
}

interface LookOptions {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly extra: readonly string[];
}

const MOST_COMPLAINTS = 100;

/** @throws ToolError when it takes too long or says too much, SyntaxError, ZodError, CancelledError, MissingPackError */
async function describe(
  video: string,
  container: Container,
  limits: VideoLimits,
  { extra, ...run }: LookOptions,
): Promise<Look> {
  const { ffprobe } = await openToolbox();
  const what = ['-show_format', '-show_streams', '-show_chapters', '-of', 'json'];
  const args = ['-v', 'error', ...extra, ...what, ...inputOptions(video, container, limits)];
  const lines: string[] = [];
  const onLine = (line: string): boolean => lines.length < MOST_COMPLAINTS && lines.push(line) < 0;
  try {
    const text = await runTool(ffprobe, args, { ...run, onLine, maxOutput: limits.descriptionBytes });
    return { found: description.parse(JSON.parse(text)), failure: undefined, complaints: lines.join('\n') };
  } catch (error) {
    const failed = error instanceof ToolError && (error.reason === 'exit' || error.reason === 'crash');
    if (!failed) throw error;
    return { found: undefined, failure: error, complaints: lines.join('\n') };
  }
}

/**
 * Refuses claims beyond the limits. Whatever else is wrong shows at the next look; so does that a program from the PATH
 * is too old to look at headers alone.
 * @throws InputError
 */
function refuseClaims({ found, complaints }: Look, file: string, limits: VideoLimits): void {
  if (complaints.includes('exceeds max_streams')) throw tooManyTracks(file, limits);
  for (const [, width, height] of complaints.matchAll(/Picture size (\d+)x(\d+) (?:is invalid|exceeds)/g)) {
    checkFrameSize(Number(width), Number(height), file, limits);
  }
  if (found) checkClaims(found, file, limits);
}

/** The one refusal for content that the programs cannot read. */
export function unreadable(file: string, container: Container, cause: unknown): InputError {
  const messages = {
    timeout: `Reading this ${container.title} file takes too long: it is damaged or made to do so.`,
    output: `This ${container.title} file describes itself at endless length.`,
    crash: `The installed ffmpeg or ffprobe breaks down on this ${container.title} file.`,
    exit: `This ${container.title} file is damaged or cut off.`,
  } as const;
  const lost = cause instanceof ToolError ? lostFile(cause, file) : undefined;
  if (lost) return lost;
  const message = messages[cause instanceof ToolError ? cause.reason : 'exit'];
  return new InputError(message, { file, action: CHOOSE_VIDEO, cause });
}
