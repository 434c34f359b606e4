/** A photo studio for tests of the command line: real files, invented faces, no models. */
import path from 'node:path';
import { CancelledError, MissingPackError } from '#engine/errors.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { encodePicture, encodePreview } from '#engine/image/encode.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import type { PhotoStudio } from '#engine/pipeline/photo-studio.ts';
import { runCli } from '#main/cli/program.ts';
import type { Face, PhotoId, ResultId, SwapRequest } from '#shared/contract.ts';
import { fakeVideoEngine } from '#test/support/fake-video-engine.ts';

export const face = (index: number, size: number): Face => ({
  index,
  box: [1, 2, size, size],
  score: 0.9,
  yaw: 1.5,
  pitch: -2,
  roll: 0.25,
  landmarks68: Array.from({ length: 68 }, (_, i) => [i, i + 0.5] as [number, number]),
  warnings: [],
});

export interface FakeStudio extends PhotoStudio {
  /** What `swap` was asked. */
  readonly requests: SwapRequest[];
  disposed: boolean;
}

export interface FakeOptions {
  /** Faces by file name; one face of 10 pixels where nothing is said. */
  readonly faces?: Readonly<Record<string, readonly Face[]>>;
  /** Runs in the middle of `swap`. */
  readonly duringSwap?: () => void | Promise<void>;
  /** Runs before `encodeResult` answers. */
  readonly duringEncode?: () => void;
}

export function fakeStudio(options: FakeOptions = {}): FakeStudio {
  const photos = new Map<string, { picture: DecodedPicture; faces: readonly Face[] }>();
  const photo = (id: string) => {
    const found = photos.get(id);
    if (!found) throw new Error(`no photo ${id}`);
    return found;
  };
  let target = '';
  const studio: FakeStudio = {
    requests: [],
    disposed: false,
    async open(file, _detection, run) {
      const picture = await decodePicture(file.path, file.name, run?.signal);
      const id = `photo_${String(photos.size).padStart(8, '0')}` as PhotoId;
      const faces = options.faces?.[path.basename(file.path)] ?? [face(0, 10)];
      photos.set(id, { picture, faces });
      const { width, height, format, channels, bitDepth, notices } = picture;
      return {
        photo: id,
        name: file.name,
        width,
        height,
        format,
        grey: channels < 3,
        hasAlpha: channels % 2 === 0,
        bitDepth,
        notices: [...notices],
        faces: [...faces],
      };
    },
    detect: () => Promise.reject(new Error('not used')),
    denseLandmarks: async () => new Float32Array(478 * 3),
    view: (id, maxSide) => encodePreview(photo(id).picture, { maxSide }),
    faceThumb: (id, _face, maxSide) => encodePreview(photo(id).picture, { maxSide }),
    parse: async (_photo, _face, run) => {
      const size = run?.crop === false ? 24 : 16;
      return { size, labels: new Uint8Array(size * size).map((_, i) => i % 12), toPhoto: [1, 0, 2, 0, 1, 1] };
    },
    close: (id) => photos.delete(id),
    async swap(request, run) {
      studio.requests.push(request);
      target = request.target;
      const faces = request.assignments.length;
      for (const [i] of request.assignments.entries()) {
        run?.onProgress?.({ type: 'progress', face: i, faces, stage: 'align', fraction: i / faces });
        await options.duringSwap?.();
        if (run?.signal?.aborted) throw new CancelledError();
      }
      const { width, height } = photo(target).picture;
      return {
        result: 'result_00000000' as ResultId,
        engine: 'classic',
        draft: false,
        width,
        height,
        faces: request.assignments.map(({ targetFace }) => ({
          targetFace,
          warnings: [{ rule: 'yaw', severity: 'degrades', message: 'The head is turned far.' }],
          stages: ['align', 'generate'],
          touched: [0, 0, width, height],
        })),
        times: [{ stage: 'align', ms: 1.23456, cached: false }],
        milliseconds: 2,
      };
    },
    async encodePair() {
      throw new MissingPackError('This is a test.');
    },
    setVectors: async () => undefined,
    giveVectors: () => undefined,
    identify: async (_pair, side) => ({ side, target: '', source: '', weights: '' }),
    refined: async () => ({ source: false, target: false }),
    keptVectors: async () => [],
    clearVectors: async () => 0,
    viewResult: (_id, maxSide) => encodePreview(photo(target).picture, { maxSide }),
    stage: (_id, _face, _stage, maxSide) => encodePreview(photo(target).picture, { maxSide, format: 'png' }),
    async encodeResult(_id, settings) {
      options.duringEncode?.();
      return encodePicture(photo(target).picture, settings, 'classic');
    },
    async [Symbol.asyncDispose]() {
      studio.disposed = true;
    },
  };
  return studio;
}

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process. */
export async function cli(
  argv: readonly string[],
  options: { studio?: FakeStudio; videoEngine?: VideoEngine; signal?: AbortSignal; terminal?: boolean } = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    stdout: {
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
      isTTY: options.terminal ?? false,
      columns: 80,
    },
    signal: options.signal ?? new AbortController().signal,
    openStudio: async () => options.studio ?? fakeStudio(),
    openVideoEngine: async () => options.videoEngine ?? fakeVideoEngine(),
  });
  return { code, stdout, stderr };
}
