/** Playing a clip beside others of the same clip: one position for all, led by the first that the browser can play. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FrameSpan } from '#shared/jobs.ts';
import { frameAt, insideOf, secondsOf, type Timed } from '../model/frame-clock.ts';

/** Players that are further apart than this are brought together. Seconds. */
const DRIFT = 0.15;
/** How much faster or slower a player goes to come up with the others. */
const CATCH_UP = 0.08;

export interface Film {
  readonly playing: boolean;
  readonly toggle: () => void;
  readonly pause: () => void;
  /** Shows a frame, and goes on from there when it plays. */
  readonly seek: (frame: number) => void;
  /** For the `ref` of a player; the lowest number leads. @param offset seconds of its clock before the clip's */
  readonly player: (index: number, offset: number) => (element: HTMLVideoElement | null) => () => void;
}

interface Player {
  readonly element: HTMLVideoElement;
  readonly offset: number;
}

const isReady = ({ element }: Player): boolean => element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;

/**
 * @param clip the clock that frames are counted on; null while nothing is there
 * @param span the frames that are played
 * @param frame the frame that is shown
 * @param onFrame another frame is shown now
 */
export function useFilm(clip: Timed | null, span: FrameSpan, frame: number, onFrame: (frame: number) => void): Film {
  const [playing, setPlaying] = useState(false);
  const players = useRef(new Map<number, Player>());
  const latest = useRef({ clip, span, frame, onFrame });
  latest.current = { clip, span, frame, onFrame };

  const place = useCallback((to: number) => {
    const { clip: timed } = latest.current;
    if (!timed) return;
    const seconds = insideOf(timed, to);
    for (const { element, offset } of players.current.values()) {
      if (Math.abs(element.currentTime - seconds - offset) > 1e-4) element.currentTime = seconds + offset;
    }
  }, []);

  const seek = useCallback(
    (to: number) => {
      place(to);
      latest.current.frame = to;
      latest.current.onFrame(to);
    },
    [place],
  );

  useEffect(() => {
    if (!playing) place(frame);
  }, [playing, frame, place]);

  useEffect(() => {
    if (!playing || !clip) return;
    let next = 0;
    let clock = { at: performance.now(), seconds: secondsOf(clip, latest.current.frame), frame: latest.current.frame };
    for (const { element } of players.current.values()) void element.play().catch(() => undefined);

    const tick = (now: number) => {
      next = requestAnimationFrame(tick);
      const { span: range, frame: shown } = latest.current;
      const all = [...players.current].sort(([a], [b]) => a - b).map(([, player]) => player);
      const leader = all.find((player) => isReady(player) && !player.element.error);
      // Somebody went elsewhere: without a player that is where the clock goes on.
      if (shown !== clock.frame) clock = { at: now, seconds: secondsOf(clip, shown), frame: shown };
      const seconds = leader ? leader.element.currentTime - leader.offset : clock.seconds + (now - clock.at) / 1000;
      if (seconds >= secondsOf(clip, range.end) || leader?.element.ended) {
        setPlaying(false);
        seek(range.end - 1);
        return;
      }
      for (const player of all) {
        const { element, offset } = player;
        if (player === leader || !isReady(player) || element.seeking) continue;
        const behind = seconds + offset - element.currentTime;
        if (Math.abs(behind) > DRIFT) element.currentTime = seconds + offset;
        // Small differences are made up for unseen.
        element.playbackRate = 1 + Math.max(-CATCH_UP, Math.min(CATCH_UP, behind));
        if (element.paused) void element.play().catch(() => undefined);
      }
      const at = frameAt(clip, seconds);
      if (at === shown) return;
      clock = { ...clock, frame: at };
      latest.current.frame = at;
      latest.current.onFrame(at);
    };
    next = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(next);
      for (const { element } of players.current.values()) {
        element.pause();
        element.playbackRate = 1;
      }
    };
  }, [playing, clip, seek]);

  const toggle = useCallback(() => {
    const { span: range, frame: shown } = latest.current;
    // At the end, or outside of the range, it begins anew.
    if (!playing && (shown >= range.end - 1 || shown < range.first)) seek(range.first);
    setPlaying(!playing);
  }, [playing, seek]);

  const player = useCallback(
    (index: number, offset: number) => (element: HTMLVideoElement | null) => {
      if (element) {
        players.current.set(index, { element, offset });
        const begin = () => place(latest.current.frame);
        element.addEventListener('loadedmetadata', begin);
        if (element.readyState > 0) begin();
        return () => {
          element.removeEventListener('loadedmetadata', begin);
          players.current.delete(index);
        };
      }
      players.current.delete(index);
      return () => undefined;
    },
    [place],
  );

  return { playing, toggle, pause: useCallback(() => setPlaying(false), []), seek, player };
}
