/** `e4s swap` on a video as a request for a job. */
import path from 'node:path';
import { UsageError } from '#engine/errors.ts';
import type { JobRequest, JobSource } from '#engine/jobs/jobs.ts';
import { DEFAULT_ENCODER } from '#engine/video/encoders.ts';
import type { SourceGoal } from '#shared/jobs.ts';
import { DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';
import { chooseRegions } from '../options.ts';
import type { SwapArguments } from '../swap/arguments.ts';
import { tuningSettings } from './tuning.ts';

/** @throws UsageError when two ways of choosing faces are mixed, or an option is for photos */
export async function videoRequest(options: SwapArguments): Promise<JobRequest> {
  const { target, out, engine, amount, recolor, crop, stages, from, refined, refinedFrom } = options;
  const photosOnly = { '--stages': stages, '--from': from, '--refined': refined, '--refined-from': refinedFrom };
  const [wrong] = Object.entries(photosOnly).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (wrong) throw new UsageError(`${wrong} is for photos; the target is a video.`, { file: target });
  const { maxFrames = -1, trim = {}, detail = DEFAULT_VIDEO_SETTINGS.detail } = options;
  const { codec = DEFAULT_ENCODER.codec, preset = DEFAULT_ENCODER.preset, quality = DEFAULT_ENCODER.quality } = options;
  return {
    target: { path: target, name: target },
    sources: readSources(options),
    swap: { engine, amount, recolor, crop, regions: chooseRegions(options) },
    video: { ...DEFAULT_VIDEO_SETTINGS, maxFrames, crop, detail, ...(await tuningSettings(options)) },
    trim,
    encoder: { codec, preset, quality },
    output: path.extname(out) === '' ? 'pictures' : 'video',
    out,
  };
}

function readSources({ source = [], assign, face, sourceFace }: SwapArguments): JobSource[] {
  const photo = (name: string, goal: SourceGoal): JobSource => ({
    path: name,
    name,
    face: sourceFace ?? 'largest',
    goal,
  });
  if (assign) {
    if (source.length > 0 || face !== undefined) {
      throw new UsageError(`--assign cannot be combined with ${source.length > 0 ? '--source' : '--face'}.`, {
        action: 'Use one of the two ways.',
      });
    }
    return assign.map((row) => photo(row.photo, { track: row.face }));
  }
  if (source.length > 1) {
    if (face !== undefined) {
      throw new UsageError('Several --source go to the people of the video in order; --face does not fit.', {
        action: 'Leave --face out, or use --assign.',
      });
    }
    return source.map((name, track) => photo(name, { track }));
  }
  const [only] = source;
  if (only === undefined) {
    throw new UsageError('No source was given.', {
      action: 'Name a photo with --source, or one for each person with --assign.',
    });
  }
  return [photo(only, typeof face === 'number' ? { firstFrameFace: face } : (face ?? 'largest'))];
}
