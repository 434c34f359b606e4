import { makeStyles, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gridTemplateColumns: 'minmax(110px, auto) minmax(0, 1fr)', gap: '4px 16px', margin: 0 },
  term: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, lineHeight: '20px' },
  value: { margin: 0, overflowWrap: 'anywhere', fontSize: tokens.fontSizeBase200, lineHeight: '20px' },
  nested: {
    gridColumn: '1 / -1',
    margin: '0 0 4px',
    paddingLeft: '12px',
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `sharpVersion` and `free-memory` as words. */
function words(key: string): string {
  const spaced = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return text.doctor.none;
  if (typeof value === 'boolean') return value ? text.doctor.yes : text.doctor.no;
  if (Array.isArray(value)) return value.length === 0 ? text.doctor.none : value.map(plain).join(', ');
  return isRecord(value) ? JSON.stringify(value) : String(value);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.some(isRecord);

/** Any report as nested lists of names and values. */
export function ReportTree({ report }: { report: Readonly<Record<string, unknown>> }) {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {Object.entries(report).map(([key, value]) => {
        const nested = isRecord(value) ? [value] : isList(value) ? value.filter(isRecord) : [];
        return nested.length === 0 ? (
          <div key={key} style={{ display: 'contents' }}>
            <dt className={styles.term}>{words(key)}</dt>
            <dd className={styles.value}>{plain(value)}</dd>
          </div>
        ) : (
          <div key={key} style={{ display: 'contents' }}>
            <dt className={styles.term}>{words(key)}</dt>
            <dd className={styles.nested}>
              {nested.map((row) => (
                <ReportTree key={JSON.stringify(row)} report={row} />
              ))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
