import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { PointerEvent } from 'react';
import { secondsOf, type Timed, timecode } from '../../model/frame-clock.ts';
import { text } from '../../text.ts';
import { steppedBy } from './step-keys.ts';

const useStyles = makeStyles({
  rail: { position: 'absolute', right: 0, top: 0, bottom: 0, pointerEvents: 'none' },
  // Wider than it looks, so that it can be grasped.
  handle: {
    position: 'absolute',
    top: '2px',
    bottom: '-2px',
    width: '24px',
    cursor: 'col-resize',
    touchAction: 'none',
    pointerEvents: 'auto',
    outline: 'none',
    ':focus-visible::before': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
    '::before': {
      content: '""',
      position: 'absolute',
      top: 0,
      bottom: 0,
      width: '9px',
      backgroundColor: tokens.colorCompoundBrandBackground,
      boxShadow: `0 0 0 1px ${tokens.colorNeutralBackground2}`,
      '@media (forced-colors: active)': { backgroundColor: 'Highlight', forcedColorAdjust: 'none' },
    },
    '::after': {
      content: '""',
      position: 'absolute',
      top: '25%',
      bottom: '25%',
      width: '1px',
      backgroundColor: tokens.colorNeutralForegroundOnBrand,
    },
  },
  in: {
    marginLeft: '-16px',
    '::before': { left: '7px', borderRadius: '4px 0 0 4px' },
    '::after': { left: '11px' },
  },
  out: {
    marginLeft: '-8px',
    '::before': { left: '8px', borderRadius: '0 4px 4px 0' },
    '::after': { left: '12px' },
  },
});

interface TrimHandleProps {
  readonly end: 'in' | 'out';
  readonly clip: Timed;
  /** The first or the last frame that is wanted. */
  readonly frame: number;
  /** Width of the column with the names, at whose end the timeline begins. */
  readonly names: string;
  readonly onFrame: (frame: number) => void;
}

/** One end of the wanted range. */
export function TrimHandle({ end, clip, frame, names, onFrame }: TrimHandleProps) {
  const styles = useStyles();
  const { frames } = clip;
  const dragged = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const rail = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!rail) return;
    const at = Math.round(((event.clientX - rail.left) / Math.max(1, rail.width)) * frames);
    onFrame(Math.min(frames - 1, Math.max(0, end === 'in' ? at : at - 1)));
  };
  return (
    <div className={styles.rail} style={{ left: `calc(${names} + ${tokens.spacingHorizontalS})` }}>
      <div
        className={mergeClasses(styles.handle, styles[end])}
        role="slider"
        tabIndex={0}
        aria-label={end === 'in' ? text.video.timeline.inPoint : text.video.timeline.outPoint}
        aria-valuemin={1}
        aria-valuemax={frames}
        aria-valuenow={frame + 1}
        aria-valuetext={text.video.timeline.value(timecode(secondsOf(clip, frame)), frame + 1, '')}
        style={{ left: `${(100 * (end === 'in' ? frame : frame + 1)) / frames}%` }}
        onKeyDown={(event) => {
          const next = steppedBy(event, frame, clip);
          if (next === null) return;
          event.preventDefault();
          onFrame(next);
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={dragged}
      />
    </div>
  );
}
