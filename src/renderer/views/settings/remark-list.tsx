import { makeStyles, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';
import type { Remark } from './remarks.ts';
import { SeverityMark } from './severity-mark.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '6px' },
  row: { display: 'grid', gridTemplateColumns: '16px minmax(0, 1fr)', gap: tokens.spacingHorizontalSNudge },
  mark: { lineHeight: 0, paddingTop: '1px' },
  about: { fontWeight: tokens.fontWeightMedium, color: tokens.colorNeutralForeground1 },
  message: { fontSize: tokens.fontSizeBase200, lineHeight: '16px', color: tokens.colorNeutralForeground2 },
});

/** What the quality gate has to say. Renders nothing while it has nothing to say. */
export function RemarkList({ remarks }: { remarks: readonly Remark[] }) {
  const styles = useStyles();
  if (remarks.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={text.checks.title}>
      {remarks.map(({ id, about, severity, message }) => (
        <li key={id} className={styles.row}>
          <span className={styles.mark}>
            <SeverityMark severity={severity} />
          </span>
          <span className={styles.message}>
            <span className={styles.about}>{about}.</span> {message}
          </span>
        </li>
      ))}
    </ul>
  );
}
