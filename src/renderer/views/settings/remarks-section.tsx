import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { selectFace, useEdit } from '../../state/edit.ts';
import { usePhotos } from '../../state/photos.ts';
import { useRun } from '../../state/run.ts';
import { text } from '../../text.ts';
import { type Remark, remarksOf } from './remarks.ts';
import { Section } from './section.tsx';
import { SeverityMark } from './severity-mark.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '8px' },
  row: { display: 'grid', gridTemplateColumns: '16px minmax(0, 1fr)', gap: tokens.spacingHorizontalS },
  mark: { lineHeight: 0, paddingTop: '1px' },
  about: {
    padding: 0,
    border: 'none',
    backgroundColor: 'transparent',
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightMedium,
    color: tokens.colorNeutralForeground2,
    textAlign: 'left',
  },
  link: {
    cursor: 'pointer',
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, borderRadius: '2px' },
  },
  message: {
    display: 'block',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    color: tokens.colorNeutralForeground2,
  },
});

function RemarkRow({ remark }: { remark: Remark }) {
  const styles = useStyles();
  const { targetFace, about, severity, message } = remark;
  return (
    <li className={styles.row}>
      <span className={styles.mark}>
        <SeverityMark severity={severity} />
      </span>
      <div>
        {targetFace === null ? (
          <span className={styles.about}>{about}</span>
        ) : (
          <button
            type="button"
            className={mergeClasses(styles.about, styles.link)}
            onClick={() => selectFace(targetFace)}
          >
            {about}
          </button>
        )}
        <span className={styles.message}>{message}</span>
      </div>
    </li>
  );
}

/** What the quality gate has to say, at the face it concerns. Not there while it has nothing to say. */
export function RemarksSection() {
  const styles = useStyles();
  const doc = useEdit((state) => state.history.present);
  const byKey = usePhotos((state) => state.byKey);
  const run = useRun((state) => state.result);
  const remarks = remarksOf(doc, byKey, run?.target === doc.target ? run : null);
  if (remarks.length === 0) return null;
  return (
    <Section title={text.checks.title}>
      <ul className={styles.list}>
        {remarks.map((remark) => (
          <RemarkRow key={remark.id} remark={remark} />
        ))}
      </ul>
    </Section>
  );
}
