/** A picture of the engine as an address that an `<img>` can show. */
import { useEffect, useRef, useState } from 'react';
import { useConnection } from '../state/connection.ts';

export interface ShownPicture {
  readonly url: string | null;
  readonly state: 'empty' | 'loading' | 'shown' | 'failed';
  /** Another picture is on its way: what is shown, if anything, is of before. */
  readonly late: boolean;
}

interface Loaded {
  readonly subject: string;
  /** What was asked for, of the subject and in detail. */
  readonly key: string;
  readonly url: string;
}

/** What is shown of what has been loaded, while `key` of `subject` is asked for. @param failed the key that failed last */
export function shownOf(
  loaded: Loaded | null,
  { subject, key }: Pick<Loaded, 'subject' | 'key'>,
  failed: string | null,
): ShownPicture {
  const late = loaded?.key !== key && failed !== key;
  if (loaded?.subject === subject) return { url: loaded.url, state: 'shown', late };
  return { url: null, state: failed === key ? 'failed' : 'loading', late };
}

/**
 * @param subject what is shown; while a finer picture of the same subject loads, the coarser one stays
 * @param detail what makes another picture of the same subject, such as its size or the run that made it; pictures that
 *   come late are shown as long as no later one has come, so a slow connection follows a drag too
 * @param load fetches the picture; null shows nothing
 */
export function usePicture(subject: string, detail: string | number, load: (() => Promise<Blob>) | null): ShownPicture {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  /** Numbers of the pictures that were asked for last and shown last. */
  const order = useRef({ asked: 0, shown: 0, gone: false });
  const generation = useConnection((state) => state.generation);
  const key = `${subject}@${detail}`;
  // What failed with one engine process is asked again of the next.
  const attempt = failed === key ? generation : 0;
  const wanted = load !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is a new function in every render; `key` says what it loads
  useEffect(() => {
    if (!load) return;
    let current = true;
    const { current: pictures } = order;
    const number = ++pictures.asked;
    load().then(
      (blob) => {
        if (pictures.gone || number < pictures.shown) return;
        pictures.shown = number;
        setLoaded({ subject, key, url: URL.createObjectURL(blob) });
        if (current) setFailed(null);
      },
      () => current && setFailed(key),
    );
    return () => {
      current = false;
    };
  }, [key, attempt, wanted]);

  useEffect(() => {
    const { current: pictures } = order;
    pictures.gone = false;
    return () => {
      pictures.gone = true;
    };
  }, []);

  useEffect(() => () => (loaded ? URL.revokeObjectURL(loaded.url) : undefined), [loaded]);

  return wanted ? shownOf(loaded, { subject, key }, failed) : { url: null, state: 'empty', late: false };
}
