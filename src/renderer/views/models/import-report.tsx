import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Dismiss16Regular } from '@fluentui/react-icons';
import type { ImportOutcome, ModelsState, PackState } from '#shared/contract-models.ts';
import { type ImportReport, useModels } from '../../state/models.ts';
import { text } from '../../text.ts';
import { StateMark } from './state-mark.tsx';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  header: { display: 'flex', alignItems: 'center' },
  title: { margin: 0, flexGrow: 1, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  table: { width: '100%', borderCollapse: 'collapse', fontSize: tokens.fontSizeBase200, lineHeight: '16px' },
  head: {
    padding: '2px 12px 4px 0',
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    textAlign: 'left',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  cell: {
    padding: '5px 12px 5px 0',
    verticalAlign: 'top',
    textAlign: 'left',
    fontWeight: tokens.fontWeightRegular,
    overflowWrap: 'anywhere',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  outcome: { whiteSpace: 'nowrap', overflowWrap: 'normal' },
  mark: { display: 'inline-flex', alignItems: 'center', gap: '6px' },
  line: { margin: 0, fontSize: tokens.fontSizeBase200, lineHeight: '16px', color: tokens.colorNeutralForeground2 },
});

/** How an outcome looks: the signs of pack states say it as well. */
const SIGNS: Readonly<Record<ImportOutcome, PackState>> = {
  imported: 'ready',
  present: 'ready',
  kept: 'missing',
  unneeded: 'missing',
  unknown: 'incomplete',
  incomplete: 'incomplete',
  refused: 'damaged',
};

function Files({ files }: { files: ImportReport['files'] }) {
  const styles = useStyles();
  const { report } = text.models;
  return (
    <table className={styles.table} aria-label={report.title}>
      <thead>
        <tr>
          {[report.file, report.outcome, report.reason].map((column) => (
            <th key={column} scope="col" className={styles.head}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {files.map(({ file, outcome, message }) => (
          <tr key={`${file} ${outcome}`}>
            <th scope="row" className={styles.cell}>
              {file}
            </th>
            <td className={`${styles.cell} ${styles.outcome}`}>
              <span className={styles.mark}>
                <StateMark state={SIGNS[outcome]} label="" />
                {report.outcomes[outcome]}
              </span>
            </td>
            <td className={styles.cell}>{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What became of every file of the last import, and what is still missing. */
export function ImportReportCard({ report, models }: { report: ImportReport; models: ModelsState }) {
  const styles = useStyles();
  const words = text.models.report;
  const missing = models.packs.filter(({ optional, state }) => !optional && state !== 'ready');
  return (
    <div className={styles.root} role="status">
      <div className={styles.header}>
        <h3 className={styles.title}>{words.title}</h3>
        <Button
          size="small"
          appearance="subtle"
          icon={<Dismiss16Regular />}
          aria-label={words.close}
          onClick={({ currentTarget }) => {
            // The focus must stay in the dialog when this button goes: its content can hold it.
            currentTarget.closest<HTMLElement>('[tabindex="0"]')?.focus();
            useModels.setState({ report: null });
          }}
        />
      </div>
      {report.files.length > 0 ? <Files files={report.files} /> : <p className={styles.line}>{words.none}</p>}
      {report.ignored > 0 && <p className={styles.line}>{words.ignored(report.ignored)}</p>}
      <p className={styles.line}>
        {missing.length === 0 ? words.complete : `${words.missing}: ${missing.map(({ title }) => title).join(', ')}.`}
      </p>
    </div>
  );
}
