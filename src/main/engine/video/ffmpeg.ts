/**
 * Finds the ffmpeg and ffprobe programs: those of the npm packages first, then the system's. Nothing is downloaded.
 */
import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

export type ToolName = 'ffmpeg' | 'ffprobe';

export type ToolSource = 'ffmpeg-static' | '@ffmpeg-installer/ffmpeg' | '@ffprobe-installer/ffprobe' | 'PATH';

export interface FoundTool {
  readonly path: string;
  /** As the program prints it. */
  readonly version: string;
  readonly source: ToolSource;
}

export interface ToolSearch {
  readonly found?: FoundTool | undefined;
  /** Why candidates that exist were passed over, one sentence each. */
  readonly problems: readonly string[];
}

interface Candidate {
  readonly source: ToolSource;
  /** Path of the program, or undefined where the package is not installed or has none for this system. */
  readonly locate: () => string | undefined;
}

const require = createRequire(import.meta.url);

/** A package's main export; undefined where it is not installed or refuses this system (some throw on import). */
function packageExport(name: string): unknown {
  try {
    return require(name) as unknown;
  } catch {
    return undefined;
  }
}

const stringIn = (value: unknown): string | undefined => {
  const text = typeof value === 'object' && value !== null && 'path' in value ? value.path : value;
  // Programs cannot be started inside the archive of a packed application; they are unpacked beside it.
  return typeof text === 'string' ? text.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked') : undefined;
};

/** In order of preference: a full static build, then an older one, then whatever the system has. */
const CANDIDATES: Readonly<Record<ToolName, readonly Candidate[]>> = {
  ffmpeg: [
    { source: 'ffmpeg-static', locate: () => stringIn(packageExport('ffmpeg-static')) },
    { source: '@ffmpeg-installer/ffmpeg', locate: () => stringIn(packageExport('@ffmpeg-installer/ffmpeg')) },
    { source: 'PATH', locate: () => 'ffmpeg' },
  ],
  ffprobe: [
    { source: '@ffprobe-installer/ffprobe', locate: () => stringIn(packageExport('@ffprobe-installer/ffprobe')) },
    { source: 'PATH', locate: () => 'ffprobe' },
  ],
};

const START_TIMEOUT_MS = 10_000;

/**
 * The first candidate that starts and says its version. A packaged program that lost its permission to run (installs
 * without scripts) gets it back where the file is ours to change.
 */
export async function findTool(
  name: ToolName,
  candidates: readonly Candidate[] = CANDIDATES[name],
): Promise<ToolSearch> {
  const problems: string[] = [];
  for (const { source, locate } of candidates) {
    const file = locate();
    if (file === undefined) continue;
    try {
      if (path.isAbsolute(file)) await makeExecutable(file);
      return { found: { path: file, version: await readVersion(file), source }, problems };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A package without its binary, or no such program on the PATH: simply not there.
      if (code === 'ENOENT') continue;
      problems.push(`${name} of ${source} does not start: ${firstLine(error)}.`);
    }
  }
  return { problems };
}

async function makeExecutable(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  const readers = (mode & 0o444) >> 2;
  if ((mode & readers) === readers) return;
  // A file of another owner stays as it is: starting it decides.
  await chmod(file, mode | readers).catch(() => undefined);
}

async function readVersion(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, ['-version'], { timeout: START_TIMEOUT_MS, windowsHide: true });
  const version = /^\S+ version (\S+)/.exec(stdout)?.[1];
  if (!version) throw new Error('it does not answer with a version');
  return version;
}

const firstLine = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').replace(/\.$/, '');
