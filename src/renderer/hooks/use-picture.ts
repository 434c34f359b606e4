/** A picture of the engine as an address that an `<img>` can show. */
import { useEffect, useState } from 'react';
import { useConnection } from '../state/connection.ts';

export interface ShownPicture {
  readonly url: string | null;
  readonly state: 'empty' | 'loading' | 'shown' | 'failed';
}

interface Loaded {
  readonly subject: string;
  readonly url: string;
}

/**
 * @param subject what is shown; while a finer picture of the same subject loads, the coarser one stays
 * @param detail what makes another picture of the same subject, such as its size
 * @param load fetches the picture; null shows nothing
 */
export function usePicture(subject: string, detail: string | number, load: (() => Promise<Blob>) | null): ShownPicture {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const generation = useConnection((state) => state.generation);
  const key = `${subject}@${detail}`;
  // What failed with one engine process is asked again of the next.
  const attempt = failed === key ? generation : 0;
  const wanted = load !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is a new function in every render; `key` says what it loads
  useEffect(() => {
    if (!load) return;
    let current = true;
    load().then(
      (blob) => {
        if (!current) return;
        setLoaded({ subject, url: URL.createObjectURL(blob) });
        setFailed(null);
      },
      () => current && setFailed(key),
    );
    return () => {
      current = false;
    };
  }, [key, attempt, wanted]);

  useEffect(() => () => (loaded ? URL.revokeObjectURL(loaded.url) : undefined), [loaded]);

  const url = wanted && loaded?.subject === subject ? loaded.url : null;
  if (!wanted) return { url: null, state: 'empty' };
  if (url) return { url, state: 'shown' };
  return { url: null, state: failed === key ? 'failed' : 'loading' };
}
