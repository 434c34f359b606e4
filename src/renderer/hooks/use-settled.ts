/** A value once it has stood still: what is dragged does not ask for a picture at every step. */
import { useEffect, useState } from 'react';

/** @param milliseconds how long it must not have changed */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
