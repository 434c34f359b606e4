/** Opens a video for work: what it holds, when its frames are shown, and proof that a frame can be decoded. */
import { decodeFrames } from './decode.ts';
import { type FrameTimes, readFrameTimes } from './frame-times.ts';
import { VIDEO_LIMITS } from './limits.ts';
import { type ProbeOptions, probeVideo } from './probe.ts';
import type { VideoInfo } from './video-info.ts';

const LEAST_FIRST_FRAME_MS = 2_000;

export interface OpenedVideo {
  readonly info: VideoInfo;
  readonly times: FrameTimes;
}

/**
 * @throws InputError for anything that is no usable video: no picture track, no frames, damaged, cut off, beyond the
 * limits, or a list that points elsewhere
 * @throws CancelledError, MissingPackError
 */
export async function openVideo(video: string, options: ProbeOptions = {}): Promise<OpenedVideo> {
  const { limits = VIDEO_LIMITS } = options;
  const begin = performance.now();
  const info = await probeVideo(video, options);
  const left = limits.openingMs - (performance.now() - begin);
  const firstFrameMs = Math.min(limits.firstFrameMs, Math.max(LEAST_FIRST_FRAME_MS, left));
  // The first frame comes before the times: reading those takes long for a large file.
  for await (const _frame of decodeFrames(info, { ...options, limits: { ...limits, firstFrameMs } })) break;
  return { info, times: await readFrameTimes(info, options) };
}
