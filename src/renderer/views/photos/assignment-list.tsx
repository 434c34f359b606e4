import { makeStyles, tokens, useArrowNavigationGroup } from '@fluentui/react-components';
import { readingOrder } from '../../model/faces.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { AssignmentRow } from './assignment-row.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '2px' },
  hint: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
});

/** Every face of the target, and the source face that it gets. */
export function AssignmentList({ target }: { target: Photo }) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: 'both' });
  const { faces } = target.info;
  return (
    <>
      {faces.length > 1 && <span className={styles.hint}>{text.faces.pickHint}</span>}
      <ul className={styles.list} aria-label={text.faces.assignments} {...arrows}>
        {readingOrder(faces).map((index, position) => (
          <AssignmentRow key={index} target={target} face={index} number={position + 1} />
        ))}
      </ul>
    </>
  );
}
