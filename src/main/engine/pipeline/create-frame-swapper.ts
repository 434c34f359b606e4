/** Swapping in frames of a video, by any engine: the stages of the photo pipeline, run on the tracked squares. */
import { type CropSize, chooseCropSize, cropTransform } from '#engine/face/alignment.ts';
import type { DetectedFace } from '#engine/face/faces.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { PlaneArena } from '#engine/image/planes.ts';
import type { SwapSettings, VideoDetail } from '#shared/settings.ts';
import type { SkipReason } from '#shared/video.ts';
import { alignFace, faceTransform, resizedTransform } from './align-stage.ts';
import type { AlignedFace } from './aligned-face.ts';
import { createClassicStages, type PersonMasks } from './classic/classic-stages.ts';
import type { EngineStages } from './engine-stages.ts';
import type { Frame, FrameSwapper, SwappedFrame } from './frame-swapper.ts';
import { pasteBack } from './paste-back.ts';
import { type PairSide, runPair } from './run-pair.ts';
import { StageRunner, type StageTime } from './stage-runner.ts';
import { LARGEST_CROP } from './track-sizes.ts';

/** A face that gives its looks to a track. */
export interface FrameSource {
  readonly picture: DecodedPicture;
  readonly face: DetectedFace;
}

/** @typeParam Source what stands for a source's face; one object may serve several tracks */
export interface FrameSwapperOptions<Source extends object = FrameSource> {
  /** By track; faces of other tracks stay. */
  readonly sources: ReadonlyMap<number, Source>;
  readonly settings: SwapSettings;
  readonly detail: VideoDetail;
  /** The working size of each track (`trackSizes`). Without it each face has the size that it needs. */
  readonly sizes?: ReadonlyMap<number, CropSize> | undefined;
  /** Hears the stages of each frame with their times. */
  readonly onTimes?: ((times: readonly StageTime[]) => void) | undefined;
}

/** Cuts a source's face out of its picture, in its square of `size` pixels. */
export type AlignSource<Source> = (source: Source, size: number) => Promise<AlignedFace>;

/** @param crop false for pictures that are aligned crops already */
export const alignPhoto =
  (crop: boolean): AlignSource<FrameSource> =>
  ({ picture, face }, size) =>
    alignFace(picture, face, resizedTransform(faceTransform(picture, face, crop), size));

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

/** Why a face of a frame is left as it is; undefined where it is exchanged. */
export const reasonToSkip = (
  { track, skip }: TrackedFace,
  sources: ReadonlyMap<number, unknown>,
): SkipReason | undefined => (sources.has(track) ? skip : 'unassigned');

/** Bytes of planes of one frame that are used again for the next one. */
const ARENA_BYTES = 192 * 2 ** 20;

/** The same stages, their planes of a target taken from an arena. `isTarget` tells targets from sources. */
function stagesInArena<Face, Driven, Exchanged, Generated, Recolored, Source>(
  stages: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  arena: PlaneArena,
  isTarget: (aligned: AlignedFace) => boolean,
): typeof stages {
  return {
    ...stages,
    parse: (aligned, signal) => {
      const parse = () => stages.parse(aligned, signal);
      return isTarget(aligned) ? arena.within(parse) : parse();
    },
    reenact: (...faces) => arena.within(() => stages.reenact(...faces)),
    exchange: (...states) => arena.within(() => stages.exchange(...states)),
    generate: (...states) => arena.within(() => stages.generate(...states)),
    recolor: (...states) => arena.within(() => stages.recolor(...states)),
    blend: (...states) => arena.within(() => stages.blend(...states)),
    inpaint: (...states) => arena.within(() => stages.inpaint(...states)),
  };
}

/** A swapper over the stages of an engine. It does not close what the stages use. */
export function createFrameSwapper<Face, Driven, Exchanged, Generated, Recolored, Source, From extends object>(
  engine: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
  { sources, settings, detail, sizes, onTimes }: FrameSwapperOptions<From>,
  alignSource: AlignSource<From>,
): FrameSwapper {
  const arena = new PlaneArena(ARENA_BYTES);
  const targets = new WeakSet<AlignedFace>();
  const stages = stagesInArena(engine, arena, (aligned) => targets.has(aligned));
  const largest = LARGEST_CROP[detail];
  const cache = new SourceCache();
  const numbers = new Map([...new Set(sources.values())].map((source, i) => [source, i]));

  const sourceSide = (source: From, size: number): PairSide => ({
    key: `${SOURCE}${numbers.get(source)}@${size}`,
    align: () => alignSource(source, size),
  });

  const targetTransform = (picture: DecodedPicture, { track, face, frame }: TrackedFace) => {
    if (settings.crop)
      return cropTransform(frame, stages.cropSize ?? sizes?.get(track) ?? chooseCropSize(frame, largest));
    const whole = faceTransform(picture, face, false);
    return resizedTransform(whole, stages.cropSize ?? Math.min(whole.size, largest));
  };

  /** The picture with one face exchanged, as a copy. */
  const swapFace = async (
    picture: DecodedPicture,
    tracked: TrackedFace,
    source: From,
    key: string,
    runner: StageRunner,
  ): Promise<DecodedPicture> => {
    arena.reset();
    const transform = targetTransform(picture, tracked);
    const target = {
      key,
      align: async () => {
        const found = await arena.within(() => alignFace(picture, tracked.face, transform));
        const aligned = { ...found, coarse: detail === 'fast' };
        targets.add(aligned);
        return aligned;
      },
    };
    const pair = await runPair(stages, target, sourceSide(source, transform.size), settings, runner);
    const paste = () => arena.within(() => pasteBack(picture, pair.alignedTarget, pair.result));
    return (await runner.measure('paste', paste)).picture;
  };

  const swapFaces = async (
    frame: Frame,
    faces: readonly TrackedFace[],
    signal: AbortSignal | undefined,
  ): Promise<SwappedFrame> => {
    let picture = asPicture(frame);
    const swapped: number[] = [];
    const skipped: SwappedFrame['skipped'][number][] = [];
    const runner = new StageRunner(cache, { signal }, faces.length);
    for (const tracked of faces) {
      const { track } = tracked;
      const reason = reasonToSkip(tracked, sources);
      if (reason !== undefined) {
        skipped.push({ track, reason });
        continue;
      }
      picture = await swapFace(picture, tracked, sources.get(track)!, `frame#${frame.index}/${track}`, runner);
      swapped.push(track);
    }
    onTimes?.(runner.times);
    return { pixels: picture.pixels as Uint8Array<ArrayBuffer>, swapped, skipped };
  };

  // One frame at a time: they share the arena.
  let last: Promise<unknown> = Promise.resolve();
  return {
    swap(frame, faces, signal): Promise<SwappedFrame> {
      const next = last.then(() => swapFaces(frame, faces, signal));
      last = next.catch(() => undefined);
      return next;
    },
    async [Symbol.asyncDispose]() {
      cache.clear();
    },
  };
}

/** Swaps with the classic engine. @param masks find the person; the caller closes them */
export const createClassicFrameSwapper = <From extends object>(
  masks: PersonMasks,
  options: FrameSwapperOptions<From>,
  alignSource: AlignSource<From>,
): FrameSwapper => createFrameSwapper(createClassicStages(masks), options, alignSource);
