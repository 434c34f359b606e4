/** Clips that the video tests make with ffmpeg itself, and what they compare. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { decodeFrames } from '#engine/video/decode.ts';
import { encodeSegment } from '#engine/video/encode.ts';
import type { EncoderSettings } from '#engine/video/encoders.ts';
import type { TimedFrame } from '#engine/video/frame-feed.ts';
import { frameDuration } from '#engine/video/frame-times.ts';
import { muxVideo, type Segment } from '#engine/video/mux.ts';
import type { OpenedVideo } from '#engine/video/open-video.ts';
import { runTool } from '#engine/video/tool-process.ts';
import { openToolbox } from '#engine/video/toolbox.ts';
import type { VideoInfo } from '#engine/video/video-info.ts';

/** Runs ffmpeg in a folder. */
export async function ffmpeg(folder: string, ...args: string[]): Promise<string> {
  const { ffmpeg: program } = await openToolbox();
  return runTool(program, ['-v', 'error', '-nostdin', '-y', ...args], { folder, timeoutMs: 60_000 });
}

/** A moving test picture as ffmpeg's input options. */
export const testPicture = (size: string, rate: string, seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
];

/** A tone as ffmpeg's input options. */
export const tone = (hertz: number, seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `sine=${hertz}:d=${seconds}`],
];

export const LOSSLESS: EncoderSettings = { codec: 'h264-lossless', quality: 100, preset: 'fast' };

/** Digest of each frame, in order. */
export async function frameDigests(info: VideoInfo): Promise<string[]> {
  const digests: string[] = [];
  for await (const frame of decodeFrames(info)) {
    digests.push(createHash('sha1').update(frame.pixels).digest('hex'));
    frame.release();
  }
  return digests;
}

/** Frames of a range of indices with the times that they are to be written at. */
export async function* timedFrames(
  video: OpenedVideo,
  from = 0,
  to = video.times.pts.length,
): AsyncGenerator<TimedFrame> {
  const { info, times } = video;
  let index = from;
  for await (const frame of decodeFrames(info, { from: times.pts[from], to: times.pts[to] })) {
    yield { pts: frame.pts, duration: frameDuration(times, index), pixels: frame.pixels };
    frame.release();
    index += 1;
  }
}

/** Decodes, encodes in parts of `partFrames` and joins; returns the notices. */
export async function copyVideo(
  video: OpenedVideo,
  result: string,
  options: { settings?: EncoderSettings; partFrames?: number; range?: readonly [from: number, to: number] } = {},
): Promise<readonly string[]> {
  const { info, times } = video;
  const { settings = LOSSLESS, partFrames = 20, range = [0, times.pts.length] } = options;
  const segments: Segment[] = [];
  for (let from = range[0]; from < range[1]; from += partFrames) {
    const to = Math.min(from + partFrames, range[1]);
    const file = path.join(path.dirname(result), `part ${settings.codec} '${from}'.mp4`);
    await encodeSegment(file, timedFrames(video, from, to), { ...formatOf(video), settings });
    segments.push({ path: file, start: times.pts[from] ?? 0, end: times.pts[to] ?? times.end });
  }
  const whole = range[0] === 0 && range[1] === times.pts.length;
  return muxVideo(result, { source: info, segments, timeBase: times.timeBase, settings, cut: !whole });
}

export const formatOf = ({ info, times }: OpenedVideo) => ({
  width: info.video.width,
  height: info.video.height,
  sampleAspect: info.video.sampleAspect,
  color: info.video.color,
  timeBase: times.timeBase,
  rate: info.video.averageRate ?? { num: 25, den: 1 },
  keyInterval: 12,
});

/** Seconds of all frames, and of the end, after the file's start. */
export function secondsOf({ info, times }: OpenedVideo): number[] {
  return [...times.pts, times.end].map(
    (ticks) => (ticks * times.timeBase.num) / times.timeBase.den - info.startSeconds,
  );
}

/** Digests and times of all packets of a track, the times in seconds after the file's start. */
export async function packetsOf(info: VideoInfo, index: number): Promise<{ digests: string[]; seconds: number[] }> {
  const { ffprobe } = await openToolbox();
  const json = await runTool(ffprobe, [
    ...['-v', 'error', '-select_streams', String(index), '-show_data_hash', 'md5'],
    ...['-show_entries', 'packet=pts_time,data_hash', '-of', 'json', info.path],
  ]);
  const { packets } = JSON.parse(json) as { packets: { pts_time: string; data_hash: string }[] };
  return {
    digests: packets.map((packet) => packet.data_hash),
    seconds: packets.map((packet) => Number(packet.pts_time) - info.startSeconds),
  };
}

/** Largest difference of two lists; infinite when their lengths differ. */
export function largestGap(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - (b[i] ?? 0))), 0);
}
