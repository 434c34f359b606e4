/** How much room a job needs, said before it starts. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import type { CodecName, EncoderSettings } from '#engine/video/encoders.ts';
import type { JobOutput } from '#shared/jobs.ts';

export interface ForecastInput {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly encoder: EncoderSettings;
  readonly output: JobOutput;
  /** Seconds of the wanted frames, and the target's audio tracks. */
  readonly seconds: number;
  readonly audioTracks: number;
}

/**
 * Bits a pixel of ordinary film. Constant-quality encoders double it with every `doubling` points of quality; the others
 * take no notice. Measured on films with some grain, so that quiet ones need less.
 */
const BITS: Readonly<Record<CodecName, { readonly at80: number; readonly doubling?: number }>> = {
  h264: { at80: 0.25, doubling: 17 },
  h265: { at80: 0.16, doubling: 17 },
  vp9: { at80: 0.16, doubling: 17 },
  prores: { at80: 3.6 },
  ffv1: { at80: 10 },
  'h264-lossless': { at80: 10 },
};
const PNG_BITS = 12;
const AUDIO_BYTES_A_SECOND = 24_000;
/** Landmarks and looks of a frame with a face or two. */
const ANALYSIS_BYTES_A_FRAME = 12_000;

/** Bytes of the result. */
export function resultBytes({ width, height, frames, encoder, output, seconds, audioTracks }: ForecastInput): number {
  const pixels = width * height * frames;
  if (output === 'pictures') return Math.ceil((pixels * PNG_BITS) / 8);
  const { at80, doubling } = BITS[encoder.codec];
  const bits = doubling === undefined ? at80 : at80 * 2 ** ((encoder.quality - 80) / doubling);
  return Math.ceil((pixels * bits) / 8 + seconds * audioTracks * AUDIO_BYTES_A_SECOND);
}

/** Bytes that the job's folder holds at most: faces, encoded parts, and the result before it moves to its place. */
export function folderBytes(input: ForecastInput): number {
  const codec = input.output === 'pictures' ? PARTS_OF_PICTURES : input.encoder.codec;
  const encoded = resultBytes({ ...input, output: 'video', encoder: { ...input.encoder, codec } });
  return ANALYSIS_BYTES_A_FRAME * input.frames + encoded + Math.max(encoded, resultBytes(input));
}

/** Pictures come from parts that lose nothing. */
export const PARTS_OF_PICTURES = 'h264-lossless' satisfies CodecName;

/** Left over for everybody else on the disk. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/** Free bytes for this user where the folder lies. @throws StorageError */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    throw toStorageError(error, folder);
  }
}

export interface Need {
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Looks for room before the work.
 * @throws StorageError saying how much is needed and how much is there
 */
export async function requireRoom(needs: readonly Need[], free: (folder: string) => Promise<number> = freeBytes) {
  for (const { folder, bytes } of needs) {
    const there = await free(folder);
    if (there >= bytes + MARGIN_BYTES) continue;
    throw new StorageError(
      `The disk has too little room: about ${megabytes(bytes + MARGIN_BYTES)} are needed, ${megabytes(there)} are free.`,
      { file: folder, action: 'Free some space, or choose a smaller range or a lower quality.' },
    );
  }
}

const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/** What a job needs and where. @param done how much of the work is finished, 0 .. 1 */
export function roomFor(input: ForecastInput, jobs: string, out: string | undefined, done = 0): Need[] {
  const left = 1 - done;
  const inFolder = { folder: jobs, bytes: Math.ceil(folderBytes(input) * left) };
  return out === undefined
    ? [inFolder]
    : [inFolder, { folder: path.dirname(out), bytes: Math.ceil(resultBytes(input)) }];
}

/** Whether the disk refused for want of room: the job can go on when there is some. */
export function isDiskFull(error: unknown): boolean {
  const { cause } = error instanceof StorageError ? error : {};
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
