/** The size of an element, as it changes. */
import { useEffect, useState } from 'react';
import type { Size } from '../model/geometry.ts';

export function useFrame<E extends HTMLElement>(): {
  ref: (element: E | null) => void;
  element: E | null;
  frame: Size;
} {
  const [element, ref] = useState<E | null>(null);
  const [frame, setFrame] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return;
    const measure = () => setFrame({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return { ref, element, frame };
}
