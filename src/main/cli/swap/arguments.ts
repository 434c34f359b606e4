/** `e4s swap` as it was typed, and what that means for a photo. */
import { InvalidArgumentError } from 'commander';
import { UsageError } from '#engine/errors.ts';
import type { JobSettings } from '#engine/jobs/jobs.ts';
import type { Trim } from '#shared/jobs.ts';
import { DEFAULT_EXPORT_SETTINGS, type VideoDetail } from '#shared/settings.ts';
import { parsePictureName } from '../options.ts';
import type { TuningArguments } from '../video/tuning.ts';
import type { SwapOptions } from './options.ts';

export interface SwapArguments extends Omit<SwapOptions, 'source' | 'out' | 'quality'>, TuningArguments {
  readonly source?: readonly string[];
  readonly out: string;
  readonly quality?: number;
  readonly maxFrames?: number;
  readonly trim?: Trim;
  readonly codec?: JobSettings['encoder']['codec'];
  readonly preset?: JobSettings['encoder']['preset'];
  readonly detail?: VideoDetail;
}

const VIDEO_ONLY = {
  maxFrames: '--max-frames',
  trim: '--trim',
  codec: '--codec',
  preset: '--preset',
  detail: '--detail',
  pti: '--pti',
  ptiSteps: '--pti-steps',
  ptiLr: '--pti-lr',
  recolorLambda: '--recolor-lambda',
  ptiResume: '--pti-resume',
} as const;

/** @throws UsageError for what only videos have, and for a name that is no picture's */
export function photoOptions(options: SwapArguments): SwapOptions {
  const {
    source = [],
    out,
    quality = DEFAULT_EXPORT_SETTINGS.quality,
    maxFrames,
    trim,
    codec,
    preset,
    detail,
    pti,
    ptiSteps,
    ptiLr,
    recolorLambda,
    ptiResume,
    ...rest
  } = options;
  const given = { maxFrames, trim, codec, preset, detail, pti, ptiSteps, ptiLr, recolorLambda, ptiResume };
  const [wrong] = Object.entries(VIDEO_ONLY).filter(([name]) => given[name as keyof typeof given] !== undefined);
  if (wrong) throw new UsageError(`${wrong[1]} is for videos; the target is a photo.`, { file: options.target });
  if (source.length > 1) {
    throw new UsageError('A photo takes one --source.', { action: 'Give each face its own with --assign.' });
  }
  const [only] = source;
  return { ...rest, ...(only === undefined ? {} : { source: only }), out: pictureName(out), quality };
}

function pictureName(out: string): SwapOptions['out'] {
  try {
    return parsePictureName(out);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`Option '--out <file>' argument '${out}' is invalid. ${error.message}`, {
      action: 'See "e4s swap --help".',
    });
  }
}
