/** A clip to measure with: one rendered person moves over a still scene, with the noise of a camera. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '#engine/errors.ts';
import { modelsFolder } from '#engine/face/models/location.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { encodePreview } from '#engine/image/encode.ts';
import { runTool } from '#engine/video/tool-process.ts';
import { openToolbox } from '#engine/video/toolbox.ts';

const PERSON = 'walter.webp';
const SCENE = 'together.webp';
/** Height of the person's picture, pixels: the face's square is then about 470 wide. */
const PERSON_HEIGHT = 640;
const RATE = 25;

async function asPng(sample: string, folder: string, maxSide: number): Promise<string> {
  const file = path.join(modelsFolder(), 'samples', sample);
  const picture = await decodePicture(file, sample).catch((cause: unknown) => {
    throw new UsageError('There are no sample faces here.', { action: 'Name a clip with --clip.', cause });
  });
  const { bytes } = await encodePreview(picture, { maxSide, format: 'png' });
  const png = path.join(folder, `${sample}.png`);
  await writeFile(png, bytes);
  return png;
}

/**
 * Writes 1280 x 720 at 25 frames a second into the folder.
 * @throws UsageError when the samples are not there, MissingPackError without ffmpeg
 */
export async function movingFaceClip(folder: string, frames: number): Promise<string> {
  const { ffmpeg } = await openToolbox();
  const [scene, person] = [await asPng(SCENE, folder, 1280), await asPng(PERSON, folder, PERSON_HEIGHT)];
  const out = path.join(folder, 'moving-face.mp4');
  const filters = [
    // So strongly that nobody in the scene is taken for a face beside the one that moves.
    '[0]scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,boxblur=24:2[scene]',
    // A slow sway with a small, quicker one on top.
    `[scene][1]overlay=x='320+90*sin(0.9*t)+6*sin(5*t)':y='40+25*sin(0.6*t)':eval=frame,noise=alls=4:allf=t`,
  ];
  const loop = (file: string) => ['-loop', '1', '-framerate', String(RATE), '-i', file];
  await runTool(
    ffmpeg,
    [
      ...['-v', 'error', '-nostdin', '-y', ...loop(scene), ...loop(person)],
      ...['-filter_complex', filters.join(';'), '-frames:v', String(frames)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p', out],
    ],
    { timeoutMs: 600_000 },
  );
  return out;
}
