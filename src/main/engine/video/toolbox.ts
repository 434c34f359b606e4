/** The programs that the media layer works with, found once, and what this build of ffmpeg can do. */
import { MissingPackError } from '#engine/errors.ts';
import { findTool, type ToolName } from './ffmpeg.ts';
import { runTool } from './tool-process.ts';

export interface Toolbox {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /**
   * The options that hand every frame on as it comes. Builds before 5.1 know `-vsync` only; later ones call it
   * `-fps_mode` and are about to drop the old name.
   */
  readonly everyFrame: readonly string[];
  /** Names of the video encoders in this build. */
  readonly encoders: ReadonlySet<string>;
}

const START_MS = 10_000;

let found: Promise<Toolbox> | undefined;

/**
 * The toolbox of this process; looked for again after a failure.
 * @throws MissingPackError when ffmpeg or ffprobe is not there
 */
export function openToolbox(): Promise<Toolbox> {
  found ??= searchTools().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function searchTools(): Promise<Toolbox> {
  const [ffmpeg, ffprobe] = await Promise.all([requireTool('ffmpeg'), requireTool('ffprobe')]);
  const [help, encoders] = await Promise.all([
    runTool(ffmpeg, ['-hide_banner', '-h', 'long'], { timeoutMs: START_MS }),
    runTool(ffmpeg, ['-hide_banner', '-encoders'], { timeoutMs: START_MS }),
  ]);
  return {
    ffmpeg,
    ffprobe,
    everyFrame: [/^-fps_mode/m.test(help) ? '-fps_mode' : '-vsync', 'passthrough'],
    encoders: parseEncoders(encoders),
  };
}

async function requireTool(name: ToolName): Promise<string> {
  const { found: tool, problems } = await findTool(name);
  if (tool) return tool.path;
  throw new MissingPackError(`Videos need the program ${name}, which was not found.`, {
    action: problems[0] ?? 'Install ffmpeg, or install the studio again with its packages.',
  });
}

/** Names of the video encoders in what `ffmpeg -encoders` prints: lines of flags (`V` first), name and title. */
export function parseEncoders(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^ V[A-Z.]{5} ([\w-]+)/gm)].map((match) => match[1] ?? ''));
}
