/** Frames of a video by the classic engine: on threads of their own where the machine has room for several. */
import type { FaceAnalyser } from '#engine/face/faces.ts';
import { alignPhoto, createClassicFrameSwapper, type FrameSwapperOptions } from '../create-frame-swapper.ts';
import type { FrameSwapper } from '../frame-swapper.ts';
import { openFramePool } from './open-frame-pool.ts';
import { threadCount } from './thread-count.ts';
import { frameWorkerFile } from './worker-file.ts';

export interface ClassicSwapperOptions extends FrameSwapperOptions {
  /** Size of the frames of a clip that is worked through. Without it, for single frames, there are no threads. */
  readonly clip?: { readonly width: number; readonly height: number } | undefined;
  /** As many as the machine allows when absent. */
  readonly threads?: number | undefined;
}

/** @param analyser finds the person; the caller closes it after the swapper */
export function openClassicSwapper(
  analyser: Pick<FaceAnalyser, 'personSegmenter'>,
  { clip, threads, ...options }: ClassicSwapperOptions,
): FrameSwapper {
  const file = frameWorkerFile();
  const count = clip ? (threads ?? threadCount(options.detail, 3 * clip.width * clip.height)) : 1;
  return file !== undefined && count > 1
    ? openFramePool(analyser, options, { file, threads: count })
    : createClassicFrameSwapper(analyser, options, alignPhoto(options.settings.crop));
}
