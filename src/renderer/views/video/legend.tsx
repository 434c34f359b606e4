import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { FrameState } from '#shared/jobs.ts';
import { text } from '../../text.ts';
import { useStateColors } from './state-colors.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: `2px ${tokens.spacingHorizontalM}`,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
  },
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  swatch: { width: '10px', height: '10px', borderRadius: '2px' },
});

interface LegendProps {
  readonly states: readonly FrameState[];
  readonly names: Readonly<Record<FrameState, string>>;
}

/** What the colours of a timeline mean. */
export function Legend({ states, names }: LegendProps) {
  const styles = useStyles();
  const colors = useStateColors();
  if (states.length === 0) return null;
  return (
    <ul className={styles.root} aria-label={text.video.timeline.legend}>
      {states.map((state) => (
        <li key={state} className={styles.row}>
          <span className={mergeClasses(styles.swatch, colors[state])} aria-hidden />
          {names[state]}
        </li>
      ))}
    </ul>
  );
}
