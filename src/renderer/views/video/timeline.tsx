import { makeStyles, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, type PointerEvent, useId } from 'react';
import type { FrameRange, FrameSpan, FrameState } from '#shared/jobs.ts';
import { secondsOf, type Timed, timecode } from '../../model/frame-clock.ts';
import { countStates, stateAt } from '../../model/frame-strip.ts';
import { text } from '../../text.ts';
import { steppedBy } from './step-keys.ts';
import { Strip } from './strip.tsx';
import { TrimHandle } from './trim-handle.tsx';

const NAMES = '84px';

const useStyles = makeStyles({
  root: { position: 'relative', display: 'flex', flexDirection: 'column', gap: '4px', paddingTop: '6px' },
  lane: {
    display: 'grid',
    gridTemplateColumns: `${NAMES} minmax(0, 1fr)`,
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  field: {
    position: 'absolute',
    left: `calc(${NAMES} + ${tokens.spacingHorizontalS})`,
    right: 0,
    top: 0,
    bottom: 0,
    cursor: 'ew-resize',
    touchAction: 'none',
    outline: 'none',
    ':focus-visible > [data-head]::after': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
  head: {
    position: 'absolute',
    top: 0,
    bottom: 0,
    width: '2px',
    marginLeft: '-1px',
    backgroundColor: tokens.colorNeutralForeground1,
    boxShadow: `0 0 0 1px ${tokens.colorNeutralBackground2}`,
    pointerEvents: 'none',
    '@media (forced-colors: active)': { backgroundColor: 'Highlight' },
    '::after': {
      content: '""',
      position: 'absolute',
      top: '-2px',
      left: '-4px',
      width: '10px',
      height: '10px',
      borderRadius: '50%',
      backgroundColor: tokens.colorNeutralForeground1,
      '@media (forced-colors: active)': { backgroundColor: 'Highlight' },
    },
  },
  outside: {
    position: 'absolute',
    top: '4px',
    bottom: 0,
    backgroundColor: tokens.colorNeutralBackground2,
    opacity: 0.72,
    pointerEvents: 'none',
  },
  hidden: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
});

export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly ranges: readonly FrameRange[];
}

type StateNames = Readonly<Record<FrameState, string>>;

interface TimelineProps {
  readonly clip: Timed;
  readonly lanes: readonly Lane[];
  /** How the states are called here. */
  readonly names: StateNames;
  readonly frame: number;
  readonly onSeek: (frame: number) => void;
  readonly span: FrameSpan;
  /** Changes the range; null where it is fixed. */
  readonly onSpan: ((span: FrameSpan) => void) | null;
}

/** The states of a lane in words. */
function spoken({ name, ranges }: Lane, names: StateNames): string {
  const parts = [...countStates(ranges)].map(([state, n]) => text.video.timeline.part(names[state], n));
  return text.video.timeline.spoken(name, parts);
}

/** The clip from its first to its last frame: who is where, what became of each frame, where it stands, what is wanted. */
export function Timeline({ clip, lanes, names, frame, onSeek, span, onSpan }: TimelineProps) {
  const styles = useStyles();
  const words = useId();
  const { frames } = clip;
  const share = (at: number) => `${(100 * at) / frames}%`;
  const state = stateAt(lanes[0]?.ranges ?? [], frame);
  const stateText = state === null ? '' : names[state];

  const frameUnder = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / Math.max(1, width)) * frames);
    return Math.min(frames - 1, Math.max(0, at));
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const next = steppedBy(event, frame, clip);
    if (next === null) return;
    event.preventDefault();
    onSeek(next);
  };
  const shown = lanes.length > 0 ? lanes : [{ id: 'clip', name: text.video.timeline.whole, ranges: [] }];
  return (
    <div className={styles.root}>
      {shown.map(({ id, name, ranges }) => (
        <div key={id} className={styles.lane}>
          <span className={styles.name}>{name}</span>
          <Strip ranges={ranges} frames={frames} />
        </div>
      ))}
      <p className={styles.hidden} id={words}>
        {lanes.map((lane) => spoken(lane, names)).join('. ')}
      </p>
      <div
        className={styles.field}
        role="slider"
        tabIndex={0}
        aria-label={text.video.timeline.playhead}
        aria-valuemin={1}
        aria-valuemax={frames}
        aria-valuenow={frame + 1}
        aria-valuetext={text.video.timeline.value(timecode(secondsOf(clip, frame)), frame + 1, stateText)}
        aria-describedby={words}
        onKeyDown={keyed}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onSeek(frameUnder(event));
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) onSeek(frameUnder(event));
        }}
      >
        {span.first > 0 && <span className={styles.outside} style={{ left: 0, width: share(span.first) }} />}
        {span.end < frames && <span className={styles.outside} style={{ left: share(span.end), right: 0 }} />}
        <span className={styles.head} data-head style={{ left: share(frame + 0.5) }} />
      </div>
      {onSpan && (
        <>
          <TrimHandle
            end="in"
            clip={clip}
            frame={span.first}
            names={NAMES}
            onFrame={(first) => onSpan({ first: Math.min(first, span.end - 1), end: span.end })}
          />
          <TrimHandle
            end="out"
            clip={clip}
            frame={span.end - 1}
            names={NAMES}
            onFrame={(last) => onSpan({ first: span.first, end: Math.max(last + 1, span.first + 1) })}
          />
        </>
      )}
    </div>
  );
}
