/** Whether a job can go on where it stopped: everything that decides how frames come out must be what it was. */
import { UsageError } from '#engine/errors.ts';
import { findTool } from '#engine/video/ffmpeg.ts';
import { openToolbox } from '#engine/video/toolbox.ts';
import type { SwapSettings } from '#shared/settings.ts';
import { START_OVER } from './advice.ts';
import { codeVersion } from './code-version.ts';
import type { Manifest } from './manifest.ts';
import { JOB_VERSION } from './manifest.ts';
import type { VideoEngine } from './video-engine.ts';

/**
 * Versions and hashes of the studio, of ffmpeg and of the engine's models.
 * @throws MissingPackError
 */
export async function madeWith(engine: VideoEngine, swap: SwapSettings): Promise<Record<string, string>> {
  await openToolbox();
  const { found } = await findTool('ffmpeg');
  return {
    'the studio': `${await codeVersion()}, jobs ${JOB_VERSION}`,
    ffmpeg: found?.version ?? '',
    ...(await engine.identity(swap)),
  };
}

/** @throws UsageError naming what changed */
export function requireSame(manifest: Manifest, now: Readonly<Record<string, string>>): void {
  const names = new Set([...Object.keys(manifest.madeWith), ...Object.keys(now)]);
  const changed = [...names].filter((name) => manifest.madeWith[name] !== now[name]);
  if (changed.length === 0) return;
  throw new UsageError(
    `The job was begun with another version of ${changed.join(' and ')}; frames made now would not fit its others.`,
    { file: manifest.target.name, action: START_OVER },
  );
}
