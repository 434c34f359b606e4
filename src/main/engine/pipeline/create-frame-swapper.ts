/** Swapping in frames of a video, by any engine: the stages of the photo pipeline, run on the tracked squares. */
import { type CropSize, chooseCropSize, cropTransform } from '#engine/face/alignment.ts';
import type { DetectedFace, FaceAnalyser } from '#engine/face/faces.ts';
import type { FaceTimeline, TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import type { SwapSettings, VideoDetail } from '#shared/settings.ts';
import { alignFace, faceTransform, resizedTransform } from './align-stage.ts';
import { createClassicStages } from './classic/classic-stages.ts';
import type { EngineStages } from './engine-stages.ts';
import type { Frame, FrameSwapper, SwappedFrame } from './frame-swapper.ts';
import { pasteBack } from './paste-back.ts';
import { type PairSide, runPair } from './run-pair.ts';
import { StageRunner, type StageTime } from './stage-runner.ts';
import { LARGEST_CROP, trackSizes } from './track-sizes.ts';

/** A face that gives its looks to a track. */
export interface FrameSource {
  readonly picture: DecodedPicture;
  readonly face: DetectedFace;
}

export interface FrameSwapperOptions {
  /** By track; faces of other tracks stay. One object may serve several tracks. */
  readonly sources: ReadonlyMap<number, FrameSource>;
  readonly settings: SwapSettings;
  readonly detail: VideoDetail;
  /** The whole clip's faces: a track then keeps one working size. Without it each face has the size that it needs. */
  readonly timeline?: FaceTimeline | undefined;
  /** Hears the stages of each frame with their times. */
  readonly onTimes?: ((times: readonly StageTime[]) => void) | undefined;
}

/** What depends on a source alone is kept for the whole run, what belongs to a frame is not. */
class SourceCache {
  readonly #known = new Map<string, unknown>();

  get(key: string): unknown {
    return this.#known.get(key);
  }

  set(key: string, value: unknown): void {
    if (!key.includes('>') && key.includes(SOURCE)) this.#known.set(key, value);
  }

  clear(): void {
    this.#known.clear();
  }
}

const SOURCE = 'source#';

/** Frames are upright 8-bit RGB; their colours are taken as sRGB. */
const asPicture = ({ width, height, pixels }: Frame): DecodedPicture => ({
  width,
  height,
  channels: 3,
  bitDepth: 8,
  pixels,
  format: 'frame',
  notices: [],
});

/** A swapper over the stages of an engine. It does not close what the stages use. */
export function createFrameSwapper<Face, Driven, Exchanged, Generated, Recolored, Source>(
  stages: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  { sources, settings, detail, timeline, onTimes }: FrameSwapperOptions,
): FrameSwapper {
  const largest = LARGEST_CROP[detail];
  const sizes = timeline ? trackSizes(timeline, largest) : new Map<number, CropSize>();
  const cache = new SourceCache();
  const numbers = new Map([...new Set(sources.values())].map((source, i) => [source, i]));

  const sourceSide = (source: FrameSource, size: number): PairSide => ({
    key: `${SOURCE}${numbers.get(source)}@${size}`,
    align: () => {
      const { picture, face } = source;
      return alignFace(picture, face, resizedTransform(faceTransform(picture, face, settings.crop), size));
    },
  });

  const targetTransform = (picture: DecodedPicture, { track, face, frame }: TrackedFace) => {
    if (settings.crop)
      return cropTransform(frame, stages.cropSize ?? sizes.get(track) ?? chooseCropSize(frame, largest));
    const whole = faceTransform(picture, face, false);
    return resizedTransform(whole, stages.cropSize ?? Math.min(whole.size, largest));
  };

  return {
    async swap(frame, faces, signal): Promise<SwappedFrame> {
      let picture = asPicture(frame);
      const swapped: number[] = [];
      const skipped: SwappedFrame['skipped'][number][] = [];
      const runner = new StageRunner(cache, { signal }, faces.length);
      for (const tracked of faces) {
        const { track } = tracked;
        const source = sources.get(track);
        const reason = source ? tracked.skip : 'unassigned';
        if (!source || reason !== undefined) {
          skipped.push({ track, reason: reason ?? 'unassigned' });
          continue;
        }
        const transform = targetTransform(picture, tracked);
        const under = picture;
        const target = {
          key: `frame#${frame.index}/${track}@${transform.size}`,
          align: () => alignFace(under, tracked.face, transform),
        };
        const pair = await runPair(stages, target, sourceSide(source, transform.size), settings, runner);
        const pasted = await runner.measure('paste', () => pasteBack(under, pair.alignedTarget, pair.result));
        picture = pasted.picture;
        swapped.push(track);
      }
      onTimes?.(runner.times);
      return { pixels: picture.pixels as Uint8Array<ArrayBuffer>, swapped, skipped };
    },
    async [Symbol.asyncDispose]() {
      cache.clear();
    },
  };
}

/** Swaps with the classic engine. @param analyser supplies the person mask; the caller closes it */
export const createClassicFrameSwapper = (
  analyser: Pick<FaceAnalyser, 'personSegmenter'>,
  options: FrameSwapperOptions,
): FrameSwapper => createFrameSwapper(createClassicStages(analyser), options);
