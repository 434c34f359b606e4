import {
  Button,
  makeStyles,
  Popover,
  PopoverSurface,
  type PositioningShorthand,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  surface: {
    width: '320px',
    padding: tokens.spacingHorizontalL,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow28,
  },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: '22px', fontWeight: tokens.fontWeightSemibold },
  body: { margin: `${tokens.spacingVerticalXS} 0 ${tokens.spacingVerticalL}`, color: tokens.colorNeutralForeground2 },
  footer: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  count: { flexGrow: 1, fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
});

/** Where each step points: the part of the window with this `data-tour`, and the side it stands on. */
const ANCHORS = [
  { part: 'source', position: 'after', align: 'top' },
  { part: 'target', position: 'after', align: 'top' },
  { part: 'regions', position: 'before', align: 'top' },
  { part: 'viewer', position: 'below', align: 'center' },
] as const satisfies readonly { part: string; position: 'after' | 'before' | 'below'; align: 'top' | 'center' }[];

/** The part that a step is about carries this while the step is shown; `window.css` draws a ring around it. */
const ACTIVE_ATTRIBUTE = 'data-tour-active';

function partOf(step: number): HTMLElement | null {
  const anchor = ANCHORS[step];
  return anchor ? document.querySelector<HTMLElement>(`[data-tour="${anchor.part}"]`) : null;
}

function positioningOf(step: number): PositioningShorthand | null {
  const anchor = ANCHORS[step];
  const target = partOf(step);
  if (!anchor || !target) return null;
  const { position, align } = anchor;
  // The viewer fills the middle: the step lies over its upper part instead of leaving the window.
  return position === 'below'
    ? { target, position: 'below', align, offset: { mainAxis: -220 }, pinned: true }
    : { target, position, align, offset: { mainAxis: 8, crossAxis: 8 } };
}

/** The short introduction at the first start; once seen or skipped it comes only when asked for. */
export function Tour() {
  const styles = useStyles();
  const { preferences } = useStudio();
  const step = useUi((state) => state.tour);
  const [positioning, setPositioning] = useState<PositioningShorthand | null>(null);
  useEffect(() => {
    setPositioning(step === null ? null : positioningOf(step));
    const part = step === null ? null : partOf(step);
    part?.setAttribute(ACTIVE_ATTRIBUTE, '');
    return () => part?.removeAttribute(ACTIVE_ATTRIBUTE);
  }, [step]);
  const content = step === null ? undefined : text.tour.steps[step];
  if (step === null || !content || !positioning) return null;

  const last = step === text.tour.steps.length - 1;
  const close = () => {
    useUi.setState({ tour: null });
    void preferences.set({ tourSeen: true });
  };
  const go = (to: number) => useUi.setState({ tour: to });
  return (
    <Popover
      key={step}
      open
      withArrow={step < text.tour.steps.length - 1}
      trapFocus
      positioning={positioning}
      onOpenChange={(event, { open }) => !open && event.type === 'keydown' && close()}
    >
      <PopoverSurface className={styles.surface} aria-labelledby="tour-title" aria-describedby="tour-body">
        <h2 className={styles.title} id="tour-title">
          {content.title}
        </h2>
        <p className={styles.body} id="tour-body">
          {content.body}
        </p>
        <div className={styles.footer}>
          <span className={styles.count}>{text.tour.step(step + 1, text.tour.steps.length)}</span>
          {!last && (
            <Button size="small" appearance="subtle" onClick={close}>
              {text.tour.skip}
            </Button>
          )}
          {step > 0 && (
            <Button size="small" onClick={() => go(step - 1)}>
              {text.tour.back}
            </Button>
          )}
          <Button size="small" appearance="primary" onClick={() => (last ? close() : go(step + 1))}>
            {last ? text.tour.done : text.tour.next}
          </Button>
        </div>
      </PopoverSurface>
    </Popover>
  );
}
