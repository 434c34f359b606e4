/** Zoom and pan of a picture in a frame, by wheel, pointer and keys. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import {
  boxView,
  centred,
  clampView,
  fitView,
  type Point,
  panBy,
  type Size,
  type View,
  zoomAt,
  zoomStep,
} from '../model/geometry.ts';
import { useFrame } from './use-frame.ts';

export interface Viewport {
  readonly ref: (element: HTMLDivElement | null) => void;
  readonly frame: Size;
  readonly view: View;
  readonly fitted: boolean;
  readonly fit: () => void;
  readonly full: () => void;
  readonly step: (direction: 1 | -1) => void;
  /** Shows a box of the picture (x, y, width, height in its pixels) large. */
  readonly toBox: (box: readonly [number, number, number, number]) => void;
  /** True when the key was used. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly pointer: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onDoubleClick: () => void;
  };
}

const WHEEL_SPEED = 0.0016;
const PAN_STEP = 48;
const PAN_KEYS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: PAN_STEP, y: 0 },
  ArrowRight: { x: -PAN_STEP, y: 0 },
  ArrowUp: { x: 0, y: PAN_STEP },
  ArrowDown: { x: 0, y: -PAN_STEP },
};

/** @param picture the picture's size; a picture of another size is fitted anew */
export function useViewport(picture: Size): Viewport {
  const { ref, element, frame } = useFrame<HTMLDivElement>();
  const [free, setFree] = useState<{ readonly of: Size; readonly view: View } | null>(null);
  const same = free && free.of.width === picture.width && free.of.height === picture.height;
  const view = same ? clampView(free.view, frame, picture) : fitView(frame, picture);
  const latest = useRef({ view, frame, picture });
  latest.current = { view, frame, picture };

  const change = (next: (view: View, frame: Size, picture: Size) => View) => {
    const { view: now, frame: room, picture: of } = latest.current;
    const moved = next(now, room, of);
    // Several moves may come before the next rendering; each goes on from the one before.
    latest.current = { view: moved, frame: room, picture: of };
    setFree({ of, view: moved });
  };
  const zoom = (scale: (now: number) => number, anchor?: Point) =>
    change((now, room, size) =>
      zoomAt(now, scale(now.scale), anchor ?? { x: room.width / 2, y: room.height / 2 }, room, size),
    );

  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined);
  onWheel.current = (event) => {
    event.preventDefault();
    const box = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : { x: 0, y: 0 };
    const anchor = { x: event.clientX - box.x, y: event.clientY - box.y };
    zoom((scale) => scale * Math.exp(-event.deltaY * WHEEL_SPEED * (event.ctrlKey ? 4 : 1)), anchor);
  };
  useEffect(() => {
    // React's own wheel listener is passive and could not keep the page from scrolling.
    const listener = (event: WheelEvent) => onWheel.current(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [element]);

  const fitted = () => setFree(null);
  const full = () => change((now, room, size) => (now.scale === 1 ? now : centred(room, size, 1)));
  const step = (direction: 1 | -1) => zoom((scale) => zoomStep(scale, direction));

  const keys: Readonly<Record<string, () => void>> = {
    '+': () => step(1),
    '=': () => step(1),
    '-': () => step(-1),
    '0': fitted,
    '1': full,
  };

  return {
    ref,
    frame,
    view,
    fitted: !same,
    fit: fitted,
    full,
    step,
    toBox: (box) => change((_, room, size) => boxView(room, size, box)),
    onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      const pan = PAN_KEYS[event.key];
      if (pan) change((now, room, size) => panBy(now, pan.x, pan.y, room, size));
      else if (keys[event.key]) keys[event.key]?.();
      else return false;
      return true;
    },
    pointer: {
      onPointerDown(event) {
        if (event.button !== 0 && event.button !== 1) return;
        const frameElement = event.currentTarget;
        frameElement.setPointerCapture(event.pointerId);
        let at = { x: event.clientX, y: event.clientY };
        const moving = new AbortController();
        const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
          const [dx, dy] = [clientX - at.x, clientY - at.y];
          at = { x: clientX, y: clientY };
          change((now, room, size) => panBy(now, dx, dy, room, size));
        };
        frameElement.addEventListener('pointermove', move, { signal: moving.signal });
        for (const end of ['pointerup', 'pointercancel'] as const) {
          frameElement.addEventListener(end, () => moving.abort(), { signal: moving.signal });
        }
      },
      onDoubleClick: () => (same ? fitted() : full()),
    },
  };
}
