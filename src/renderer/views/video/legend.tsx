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

/** What the colours of a timeline mean. @param waiting how frames that nobody worked on yet are called */
export function Legend({ states, waiting }: { states: readonly FrameState[]; waiting: string }) {
  const styles = useStyles();
  const colors = useStateColors();
  if (states.length === 0) return null;
  return (
    <ul className={styles.root} aria-label={text.video.timeline.legend}>
      {states.map((state) => (
        <li key={state} className={styles.row}>
          <span className={mergeClasses(styles.swatch, colors[state])} aria-hidden />
          {state === 'pending' ? waiting : text.video.timeline.states[state]}
        </li>
      ))}
    </ul>
  );
}
