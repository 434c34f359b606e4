/** Clips for tests of faces over time: the sample portraits, cut out as ovals, move over a patterned ground. */
import path from 'node:path';
import sharp from 'sharp';
import type { DetectedFace } from '#engine/face/faces.ts';
import { ClipAnalyser } from '#engine/face/tracks/clip-analyser.ts';
import type { ClipFrame } from '#engine/face/tracks/frame-view.ts';
import type { FrameObservation } from '#engine/face/tracks/observation.ts';

const SAMPLES = path.resolve(import.meta.dirname, '../../../../models/samples');
export const [WIDTH, HEIGHT] = [480, 270] as const;
/** Size of a portrait at scale 1; the face is about half as wide. */
const [PORTRAIT_WIDTH, PORTRAIT_HEIGHT] = [160, 200] as const;
/** The oval that is cut out: centre and radii in shares of the portrait. */
const OVAL = { cx: 0.5, cy: 0.45, rx: 0.42, ry: 0.42 } as const;

export interface Portrait {
  readonly name: string;
  readonly pixels: Uint8Array;
}

export async function portrait(name: string): Promise<Portrait> {
  const pixels = await sharp(path.join(SAMPLES, `${name}.webp`))
    .resize(PORTRAIT_WIDTH, PORTRAIT_HEIGHT)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return { name, pixels: new Uint8Array(pixels) };
}

/** A portrait in a frame: the middle of its oval, its size, and its clockwise turn in degrees. */
export interface Placed {
  readonly person: Portrait;
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
  readonly turn?: number;
}

export interface Scene {
  /** Later ones lie over earlier ones. */
  readonly people: readonly Placed[];
  /** Colour of the ground. */
  readonly ground?: readonly [number, number, number];
}

/** Draws a frame. */
export function drawFrame(index: number, { people, ground = [96, 110, 120] }: Scene): ClipFrame {
  const pixels = new Uint8Array(3 * WIDTH * HEIGHT);
  for (let y = 0, p = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, p += 3) {
      const pattern = 14 * Math.sin(x / 17) * Math.cos(y / 23);
      for (let k = 0; k < 3; k++) pixels[p + k] = ground[k]! + pattern;
    }
  }
  for (const placed of people) drawPerson(pixels, placed);
  return { index, width: WIDTH, height: HEIGHT, pixels };
}

function drawPerson(frame: Uint8Array, { person, x, y, scale = 1, turn = 0 }: Placed): void {
  const radius = scale * Math.max(OVAL.rx * PORTRAIT_WIDTH, OVAL.ry * PORTRAIT_HEIGHT);
  const angle = (turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(HEIGHT, y + radius); row++) {
    for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(WIDTH, x + radius); column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const u = cos * dx + sin * dy + OVAL.cx * PORTRAIT_WIDTH;
      const v = cos * dy - sin * dx + OVAL.cy * PORTRAIT_HEIGHT;
      const edge = Math.hypot((u / PORTRAIT_WIDTH - OVAL.cx) / OVAL.rx, (v / PORTRAIT_HEIGHT - OVAL.cy) / OVAL.ry);
      const opacity = Math.max(0, Math.min(1, (1 - edge) / 0.03));
      if (opacity === 0) continue;
      const p = 3 * (row * WIDTH + column);
      for (let k = 0; k < 3; k++) {
        const value = sampled(person.pixels, u - 0.5, v - 0.5, k);
        frame[p + k] = Math.round(frame[p + k]! + opacity * (value - frame[p + k]!));
      }
    }
  }
}

function sampled(pixels: Uint8Array, u: number, v: number, channel: number): number {
  const x = Math.max(0, Math.min(PORTRAIT_WIDTH - 2, Math.floor(u)));
  const y = Math.max(0, Math.min(PORTRAIT_HEIGHT - 2, Math.floor(v)));
  const [f, g] = [Math.max(0, Math.min(1, u - x)), Math.max(0, Math.min(1, v - y))];
  const at = (i: number, j: number) => pixels[3 * (j * PORTRAIT_WIDTH + i) + channel]!;
  return (1 - g) * ((1 - f) * at(x, y) + f * at(x + 1, y)) + g * ((1 - f) * at(x, y + 1) + f * at(x + 1, y + 1));
}

/** The middle of a face's box. */
export const middleOf = ({ box: [x, y, width, height] }: Pick<DetectedFace, 'box'>): [number, number] => [
  x + width / 2,
  y + height / 2,
];

/** The frames of a clip that `scene` describes. */
export const drawClip = (frames: number, scene: (frame: number) => Scene): ClipFrame[] =>
  Array.from({ length: frames }, (_, index) => drawFrame(index, scene(index)));

export async function analyseClip(frames: Iterable<ClipFrame> | AsyncIterable<ClipFrame>): Promise<FrameObservation[]> {
  await using analyser = await ClipAnalyser.open();
  const observations: FrameObservation[] = [];
  for await (const frame of frames) observations.push(await analyser.push(frame));
  return observations;
}
