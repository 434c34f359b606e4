/** Clips of people who do not exist, made with ffmpeg from the sample faces. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { ffmpeg } from '#test/support/video-clips.ts';
import { sampleFile } from './page.ts';

export interface Clips {
  readonly folder: string;
  /** Two people side by side with sound, 16 frames at 8 a second. */
  readonly two: string;
  /** The same for 200 seconds: for work that is not waited for. */
  readonly long: string;
  /** They in a format that browsers do not play, 4 frames. */
  readonly prores: string;
}

const WIDTH = 320;
const HEIGHT = 288;

const face = (name: string): Promise<Buffer> =>
  sharp(sampleFile(name)).resize({ width: WIDTH, height: HEIGHT, fit: 'cover', position: 'top' }).png().toBuffer();

export async function makeClips(): Promise<Clips> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-clips-'));
  const file = (name: string) => path.join(folder, name);
  const [left, right] = await Promise.all([face('ines.webp'), face('walter.webp')]);
  const canvas = sharp({ create: { width: 2 * WIDTH, height: HEIGHT, channels: 3, background: '#777777' } });
  await canvas
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: WIDTH, top: 0 },
    ])
    .png()
    .toFile(file('two.png'));
  const moving = (size: string) => `zoompan=z='1+0.002*on':d=1:s=${size}:fps=8,format=yuv420p`;
  await ffmpeg(
    folder,
    ...['-loop', '1', '-framerate', '8', '-i', 'two.png', '-f', 'lavfi', '-i', 'sine=440:d=2', '-t', '2'],
    ...['-vf', moving(`${2 * WIDTH}x${HEIGHT}`), '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16'],
    ...['-c:a', 'aac', 'two people.mp4'],
  );
  await ffmpeg(folder, ...['-stream_loop', '99', '-i', 'two people.mp4', '-c', 'copy', 'long.mp4']);
  await ffmpeg(
    folder,
    ...['-loop', '1', '-framerate', '8', '-i', 'two.png', '-t', '0.5'],
    ...['-vf', moving(`${2 * WIDTH}x${HEIGHT}`), '-c:v', 'prores_ks', 'studio.mov'],
  );
  return { folder, two: file('two people.mp4'), long: file('long.mp4'), prores: file('studio.mov') };
}
