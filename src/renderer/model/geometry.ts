/**
 * Where a picture lies in the viewer. All positions are CSS pixels relative to the viewer's frame; a view maps a pixel
 * p of the picture to `p * scale + (x, y)`.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View extends Point {
  readonly scale: number;
}

export const MAX_SCALE = 16;
const FIT_MAX_SCALE = 4;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The whole picture in the middle of the frame with a margin around; small pictures grow up to four times. */
export function fitView(frame: Size, picture: Size, margin = 20): View {
  const width = Math.max(1, frame.width - 2 * margin);
  const height = Math.max(1, frame.height - 2 * margin);
  const scale = Math.min(width / picture.width, height / picture.height, FIT_MAX_SCALE);
  return centred(frame, picture, scale);
}

/** The picture at `scale`, its centre in the frame's centre. */
export function centred(frame: Size, picture: Size, scale: number): View {
  return { scale, x: (frame.width - picture.width * scale) / 2, y: (frame.height - picture.height * scale) / 2 };
}

/** A box of the picture in the middle of the frame, filling about half of it. */
export function boxView(frame: Size, picture: Size, box: readonly [number, number, number, number]): View {
  const [x, y, width, height] = box;
  const scale = clamp(
    0.55 * Math.min(frame.width / width, frame.height / height),
    minScale(frame, picture),
    MAX_SCALE / 2,
  );
  const view = {
    scale,
    x: frame.width / 2 - (x + width / 2) * scale,
    y: frame.height / 2 - (y + height / 2) * scale,
  };
  return clampView(view, frame, picture);
}

/** Keeps a picture that is larger than the frame over it, and one that is smaller in its middle, axis by axis. */
export function clampView(view: View, frame: Size, picture: Size, margin = 20): View {
  const axis = (offset: number, room: number, length: number): number =>
    length + 2 * margin <= room ? (room - length) / 2 : clamp(offset, room - length - margin, margin);
  return {
    scale: view.scale,
    x: axis(view.x, frame.width, picture.width * view.scale),
    y: axis(view.y, frame.height, picture.height * view.scale),
  };
}

/** The smallest useful scale: the fit, or 100 % when the picture is smaller than that. */
export function minScale(frame: Size, picture: Size): number {
  return Math.min(1, fitView(frame, picture).scale);
}

/** Scales about a point of the frame, so that the picture's pixel under it stays under it. */
export function zoomAt(view: View, scale: number, anchor: Point, frame: Size, picture: Size): View {
  const next = clamp(scale, minScale(frame, picture), MAX_SCALE);
  const ratio = next / view.scale;
  const moved = { scale: next, x: anchor.x - (anchor.x - view.x) * ratio, y: anchor.y - (anchor.y - view.y) * ratio };
  return clampView(moved, frame, picture);
}

export function panBy(view: View, dx: number, dy: number, frame: Size, picture: Size): View {
  return clampView({ ...view, x: view.x + dx, y: view.y + dy }, frame, picture);
}

/** The next step of the + and - keys: halves and doubles with one step between, 100 % always among them. */
export function zoomStep(scale: number, direction: 1 | -1): number {
  const step = Math.log2(scale) * 2;
  const next = direction > 0 ? Math.floor(step + 1 + 1e-6) : Math.ceil(step - 1 - 1e-6);
  return 2 ** (next / 2);
}

/** Left and right edge of the part of the picture that the frame shows. */
export function visibleSpan(view: View, frame: Size, picture: Size): { left: number; right: number } {
  return {
    left: clamp(view.x, 0, frame.width),
    right: clamp(view.x + picture.width * view.scale, 0, frame.width),
  };
}

/** Top and bottom edge of the part of the picture that the frame shows. */
export function visibleRows(view: View, frame: Size, picture: Size): { top: number; bottom: number } {
  return {
    top: clamp(view.y, 0, frame.height),
    bottom: clamp(view.y + picture.height * view.scale, 0, frame.height),
  };
}

/** Where the wipe at `fraction` of the visible span stands: in the frame, and as a share (0..1) of the picture's width. */
export function wipeAt(
  fraction: number,
  view: View,
  frame: Size,
  picture: Size,
): { frameX: number; pictureShare: number } {
  const { left, right } = visibleSpan(view, frame, picture);
  const frameX = left + fraction * (right - left);
  return { frameX, pictureShare: clamp((frameX - view.x) / (picture.width * view.scale), 0, 1) };
}

/** The fraction of the visible span at a frame position: the inverse of `wipeAt`. */
export function wipeFraction(frameX: number, view: View, frame: Size, picture: Size): number {
  const { left, right } = visibleSpan(view, frame, picture);
  return right <= left ? 0.5 : clamp((frameX - left) / (right - left), 0, 1);
}

const LEVELS = [512, 1024, 2048, 4096, 8192] as const;

/** The side to ask the engine for, so that the picture is sharp at this scale: one of a few, so that caches hit. */
export function viewSide(picture: Size, scale: number, pixelRatio: number): number {
  const side = Math.max(picture.width, picture.height);
  const needed = Math.min(side, side * scale * pixelRatio);
  return LEVELS.find((level) => level >= needed * 0.98) ?? LEVELS[LEVELS.length - 1] ?? 8192;
}

/** Pictures that are compared are easier to compare side by side: it takes so much gain to stack them. */
const STACKING_GAIN = 1.15;

/**
 * Whether two pictures are clearly larger one above the other than side by side: there each may be half as wide, here
 * half as high.
 * @param aspect width to height of one picture
 */
export const isBetterStacked = ({ width, height }: Size, aspect: number): boolean =>
  Math.min(width / aspect, height / 2) > STACKING_GAIN * Math.min(width / (2 * aspect), height);
