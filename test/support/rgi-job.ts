/**
 * Video jobs on the real networks of the rgi engine with packs that mean nothing: a data folder, a clip of one person, a
 * source. Tuning works on small pictures there, so that an update takes seconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelsFolder } from '#engine/face/models/location.ts';
import type { JobRequest } from '#engine/jobs/jobs.ts';
import type { TuningEffort } from '#engine/jobs/rgi-tuning.ts';
import type { PackId } from '#engine/weights/catalogue.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS, type VideoSettings } from '#shared/settings.ts';
import { movingFaceClip } from '../../bench/moving-face.ts';
import { writeSyntheticPacks } from '../../bench/synthetic-packs.ts';
import { LOSSLESS } from './video-clips.ts';

/** What swapping cannot do without, and what tuning needs beside it. */
const PACKS: readonly PackId[] = [
  ...(['rgi', 'facevid2vid', 'face-parsing-bisenet', 'recolor-blender'] as const),
  ...(['arcface', 'lpips-alex', 'parsing-unet'] as const),
];

/** Every update is saved. */
export const SMALL: TuningEffort = { size: 64, saveEvery: 1, previewEvery: 100, likeEnough: 0 };

export interface RgiWorld extends AsyncDisposable {
  readonly folder: string;
  readonly jobs: string;
  readonly packs: string;
  at(name: string): string;
  /** A job on the clip. @param pti tunes, with these settings beside the usual ones */
  request(out: string, pti?: Partial<VideoSettings>): JobRequest;
}

/** Sets `E4S_HOME`. @param frames of the clip */
export async function rgiWorld(frames: number): Promise<RgiWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-rgi-'));
  const at = (name: string): string => path.join(folder, name);
  process.env['E4S_HOME'] = folder;
  const packs = at('packs');
  await writeSyntheticPacks(packs, PACKS);
  const clip = await movingFaceClip(folder, frames);
  const source = path.join(modelsFolder(), 'samples', 'ines.webp');
  return {
    folder,
    jobs: at('jobs'),
    packs,
    at,
    request: (out, pti) => ({
      target: { path: clip, name: 'clip.mp4' },
      sources: [{ path: source, name: 'ines.webp', face: 'largest', goal: 'all' }],
      swap: { ...DEFAULT_SWAP_SETTINGS, engine: 'rgi' },
      video: { ...DEFAULT_VIDEO_SETTINGS, pti: pti !== undefined, ptiLearningRate: 1e-4, ...pti },
      encoder: LOSSLESS,
      output: 'pictures',
      out,
    }),
    [Symbol.asyncDispose]: async () => {
      delete process.env['E4S_HOME'];
      await rm(folder, { recursive: true, force: true });
    },
  };
}
