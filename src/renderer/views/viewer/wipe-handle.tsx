import { makeStyles, tokens } from '@fluentui/react-components';
import type { KeyboardEvent, PointerEvent } from 'react';
import { type Size, type View, visibleRows, wipeAt, wipeFraction } from '../../model/geometry.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  handle: {
    position: 'absolute',
    left: 0,
    width: '28px',
    marginLeft: '-14px',
    cursor: 'ew-resize',
    touchAction: 'none',
    outline: 'none',
    '::before': {
      content: '""',
      position: 'absolute',
      left: '13px',
      top: 0,
      bottom: 0,
      width: '2px',
      backgroundColor: '#ffffff',
      boxShadow: '0 0 0 1px rgba(0, 0, 0, 0.35)',
      '@media (forced-colors: active)': { backgroundColor: 'CanvasText' },
    },
    ':focus-visible > span': { outline: `3px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '2px' },
  },
  knob: {
    position: 'absolute',
    left: '1px',
    top: '50%',
    width: '26px',
    height: '26px',
    marginTop: '-13px',
    boxSizing: 'border-box',
    borderRadius: '50%',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    gap: '5px',
    backgroundColor: '#ffffff',
    color: '#1a1c1e',
    boxShadow: '0 1px 5px rgba(0, 0, 0, 0.45)',
    '::before': { content: '""', width: '2px', height: '9px', borderRadius: '1px', backgroundColor: '#565c63' },
    '::after': { content: '""', width: '2px', height: '9px', borderRadius: '1px', backgroundColor: '#565c63' },
    '@media (forced-colors: active)': { border: '2px solid CanvasText' },
  },
});

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};

const setWipe = (wipe: number): void => useUi.setState({ wipe: Math.min(1, Math.max(0, wipe)) });

/** The divider between before (left) and after (right). */
export function WipeHandle({ view, frame, picture }: { view: View; frame: Size; picture: Size }) {
  const styles = useStyles();
  const wipe = useUi((state) => state.wipe);
  const percent = Math.round(wipe * 100);
  const { top, bottom } = visibleRows(view, frame, picture);

  const keyed = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setWipe(wipe + step * (event.shiftKey ? 10 : 1));
  };
  const dragged = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    setWipe(wipeFraction(event.clientX - left, view, frame, picture));
  };
  return (
    <div
      className={styles.handle}
      role="slider"
      tabIndex={0}
      aria-label={text.viewer.wipeHandle}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text.viewer.wipeValue(percent)}
      onKeyDown={keyed}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={dragged}
      onDoubleClick={(event) => {
        event.stopPropagation();
        setWipe(0.5);
      }}
      style={{ top, height: bottom - top, transform: `translateX(${wipeAt(wipe, view, frame, picture).frameX}px)` }}
    >
      <span className={styles.knob} />
    </div>
  );
}
