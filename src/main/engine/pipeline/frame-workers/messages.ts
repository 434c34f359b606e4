/** What the engine's own thread and a thread that swaps frames say to each other. */
import type { CropSize } from '#engine/face/alignment.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { Plane, RgbImage } from '#engine/image/picture.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { SwapSettings, VideoDetail } from '#shared/settings.ts';
import type { AlignedFace } from '../aligned-face.ts';
import type { Frame, SwappedFrame } from '../frame-swapper.ts';
import type { StageTime } from '../stage-runner.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly settings: SwapSettings;
  readonly detail: VideoDetail;
  readonly sizes: ReadonlyMap<number, CropSize>;
  /** Track → number of its source. */
  readonly sources: ReadonlyMap<number, number>;
}

/**
 * What a worker needs that only the engine's own thread has: the photos, and the network that finds the person. So a
 * worker holds no native code at work and can be ended at any moment.
 */
export interface Services {
  /** The face of a source in its square of `size` pixels. */
  align(request: { readonly source: number; readonly size: number }): Promise<AlignedFace>;
  /** See `PersonSegmenter.mask`. */
  mask(image: RgbImage): Promise<Plane>;
}
export type Service = keyof Services;

export type ToWorker =
  | { readonly type: 'swap'; readonly frame: Frame; readonly faces: readonly TrackedFace[] }
  /** Stop the frame at work. */
  | { readonly type: 'cancel' }
  | { readonly type: 'answer'; readonly question: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly question: number; readonly report: ErrorReport };

export type FromWorker =
  | { readonly type: 'question'; readonly question: number; readonly service: Service; readonly request: unknown }
  | SwappedMessage
  | { readonly type: 'failed'; readonly frame: Frame['pixels']; readonly report: ErrorReport };

export interface SwappedMessage extends Pick<SwappedFrame, 'swapped' | 'skipped'> {
  readonly type: 'swapped';
  /** The memory in which the frame came, with the result in it. */
  readonly frame: Frame['pixels'];
  /** False where no pixel changed. */
  readonly changed: boolean;
  readonly times: readonly StageTime[];
}
