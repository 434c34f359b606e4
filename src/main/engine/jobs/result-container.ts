/** The container of a job's result: that of its name, the one that was chosen, or the one that players of the codec know. */
import path from 'node:path';
import type { CodecName } from '#engine/video/encoders.ts';
import { VIDEO_CONTAINER_IDS, type VideoContainer } from '#shared/video-formats.ts';
import type { Manifest } from './manifest.ts';

const USUAL: Readonly<Record<CodecName, VideoContainer>> = {
  h264: 'mp4',
  h265: 'mp4',
  vp9: 'webm',
  prores: 'mov',
  ffv1: 'mkv',
  'h264-lossless': 'mkv',
};

/** Null for pictures. Pure. */
export function containerOf({
  output,
  out,
  container,
  encoder,
}: Pick<Manifest['settings'], 'output' | 'out' | 'container' | 'encoder'>): VideoContainer | null {
  if (output === 'pictures') return null;
  const ending = out === undefined ? undefined : path.extname(out).slice(1).toLowerCase();
  return VIDEO_CONTAINER_IDS.find((id) => id === ending) ?? container ?? USUAL[encoder.codec];
}
