/** Difficult clips, made by ffmpeg itself. */
import path from 'node:path';
import { ffmpeg, testPicture, tone } from './video-clips.ts';

/** A fast encoder that gives the same bytes on every machine. */
export const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1'];

/** Clips by name: ffmpeg's arguments without the output. */
export const CLIPS: Readonly<Record<string, { ending: string; frames: number; args: readonly string[] }>> = {
  'constant rate with B-frames and open groups': {
    ending: 'mp4',
    frames: 50,
    args: [...testPicture('160x120', '25', 2), ...x264, '-bf', '3', '-g', '12', '-x264-params', 'open-gop=1'],
  },
  '59.94 frames a second': {
    ending: 'mp4',
    frames: 60,
    args: [...testPicture('160x120', '60000/1001', 1), ...tone(440, 1), ...x264, '-c:a', 'aac'],
  },
  'variable frame rate': {
    ending: 'mp4',
    frames: 26,
    args: [
      ...testPicture('160x120', '30', 2),
      ...tone(300, 2),
      ...['-vf', "select='not(mod(n,3))+not(mod(n,7))'", '-vsync', 'vfr', ...x264, '-bf', '2', '-c:a', 'aac'],
    ],
  },
  'variable frame rate in Matroska': {
    ending: 'mkv',
    frames: 26,
    args: [
      ...testPicture('160x120', '30', 2),
      ...['-vf', "select='not(mod(n,3))+not(mod(n,7))'", '-vsync', 'vfr', ...x264],
    ],
  },
  'odd size': {
    ending: 'mkv',
    frames: 10,
    args: [...testPicture('161x121', '25', 0.4), '-c:v', 'ffv1', '-pix_fmt', 'yuv444p'],
  },
  '10 bits': {
    ending: 'mkv',
    frames: 10,
    args: [...testPicture('160x120', '25', 0.4), '-c:v', 'libvpx-vp9', '-pix_fmt', 'yuv420p10le', '-cpu-used', '8'],
  },
  'one frame': { ending: 'mp4', frames: 1, args: [...testPicture('160x120', '25', 1), '-frames:v', '1', ...x264] },
  'a tenth of a second': {
    ending: 'mp4',
    frames: 3,
    args: [...testPicture('160x120', '30', 0.1), ...tone(440, 0.1), ...x264, '-c:a', 'aac'],
  },
  'pixels that are not square': {
    ending: 'mp4',
    frames: 10,
    args: [...testPicture('160x120', '25', 0.4), ...x264, '-vf', 'setsar=4/3'],
  },
  'a program stream that starts late': {
    ending: 'mpg',
    frames: 25,
    args: [...testPicture('160x120', '25', 1), ...tone(440, 1), '-c:v', 'mpeg2video', '-bf', '2', '-c:a', 'mp2'],
  },
};

/** Makes a clip of the table in a folder. */
export async function makeClip(folder: string, name: string): Promise<string> {
  const clip = CLIPS[name];
  if (!clip) throw new RangeError(`no clip ${name}`);
  const file = `${name}.${clip.ending}`;
  await ffmpeg(folder, ...clip.args, file);
  return path.join(folder, file);
}
