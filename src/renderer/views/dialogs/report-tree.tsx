import { makeStyles, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';
import { ReportTable } from './report-table.tsx';
import { isRecord, plainValue, type Report, rowsOf, wordsOf } from './report-values.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gridTemplateColumns: 'minmax(120px, auto) minmax(0, 1fr)', gap: '4px 16px', margin: 0 },
  row: { display: 'contents' },
  part: {
    gridColumn: '1 / -1',
    marginTop: tokens.spacingVerticalS,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
  term: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, lineHeight: '20px' },
  value: { margin: 0, overflowWrap: 'anywhere', fontSize: tokens.fontSizeBase200, lineHeight: '20px' },
  nested: { gridColumn: '1 / -1', margin: 0, minWidth: 0 },
});

/** Any report: plain values as a list, records as parts of it, lists of records as tables. */
export function ReportTree({ report }: { report: Report }) {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {Object.entries(report).map(([key, value]) => {
        const rows = rowsOf(value);
        if (!isRecord(value) && !rows) {
          return (
            <div key={key} className={styles.row}>
              <dt className={styles.term}>{wordsOf(key)}</dt>
              <dd className={styles.value}>{plainValue(value)}</dd>
            </div>
          );
        }
        return (
          <div key={key} className={styles.row}>
            <dt className={styles.part}>{wordsOf(key)}</dt>
            <dd className={styles.nested}>
              {rows ? (
                <ReportTable rows={rows} label={wordsOf(key)} />
              ) : (
                isRecord(value) && <ReportTree report={value} />
              )}
            </dd>
          </div>
        );
      })}
      {Object.keys(report).length === 0 && <dd className={styles.value}>{text.doctor.none}</dd>}
    </dl>
  );
}
