import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { LOSS_TARGETS, LOSS_TERM_TITLES, type LossRow, type LossTermId, lossName } from '#shared/tuning.ts';
import { curveOf, lossText, nearestRow, sampledRows } from '../../model/loss-curves.ts';
import { text } from '../../text.ts';
import { Choice } from '../video/choice.tsx';
import { DASHES, useCurveColors } from './chart-colors.ts';
import { LossChart } from './loss-chart.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: `4px ${tokens.spacingHorizontalL}` },
  term: { width: '180px' },
  legend: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: `2px ${tokens.spacingHorizontalL}`,
    margin: 0,
    padding: '0 0 4px',
    listStyleType: 'none',
    fontSize: tokens.fontSizeBase200,
  },
  entry: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  value: { fontVariantNumeric: 'tabular-nums', fontWeight: tokens.fontWeightSemibold, minWidth: '52px' },
  read: {
    flex: '1 1 auto',
    paddingBottom: '4px',
    textAlign: 'right',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
  },
  note: { margin: 0, fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  hidden: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  details: { fontSize: tokens.fontSizeBase200 },
  summary: { cursor: 'pointer', color: tokens.colorNeutralForeground2 },
  scroll: { overflowX: 'auto' },
  table: {
    borderCollapse: 'collapse',
    fontVariantNumeric: 'tabular-nums',
    '& th, & td': { padding: '2px 12px 2px 0', textAlign: 'right', fontWeight: tokens.fontWeightRegular },
  },
});

const TABLE_ROWS = 20;

/** The curve in words, for whoever does not see it. */
function spokenCurves(rows: readonly LossRow[], term: LossTermId, title: string): string {
  const parts = LOSS_TARGETS.flatMap(({ id, title: target }) => {
    const values = curveOf(rows, lossName(id, term)).map(({ value }) => value);
    const [first, now] = [values[0], values.at(-1)];
    if (first === undefined || now === undefined) return [];
    const best = values.reduce((low, value) => Math.min(low, value));
    return [text.tuning.chart.part(target, lossText(first), lossText(now), lossText(best))];
  });
  return text.tuning.chart.summary(title, rows.length, parts);
}

function LossTable({ rows, term, title }: { rows: readonly LossRow[]; term: LossTermId; title: string }) {
  const styles = useStyles();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className={styles.hidden}>{text.tuning.chart.tableCaption(title)}</caption>
        <thead>
          <tr>
            <th scope="col">{text.tuning.chart.update}</th>
            <th scope="col">{text.tuning.chart.frame}</th>
            {LOSS_TARGETS.map(({ id, title: target }) => (
              <th key={id} scope="col">
                {target}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sampledRows(rows, TABLE_ROWS).map(({ update, frame, losses }) => (
            <tr key={update}>
              <th scope="row">{update}</th>
              <td>{frame + 1}</td>
              {LOSS_TARGETS.map(({ id }) => (
                <td key={id}>{lossText(losses[lossName(id, term)] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The losses of a tuning: one term at a time, towards both targets, as curves, in words and as a table. */
export function LossPanel({ rows }: { rows: readonly LossRow[] }) {
  const styles = useStyles();
  const colors = useCurveColors();
  const [term, setTerm] = useState<LossTermId>('total');
  const [update, setUpdate] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const title = LOSS_TERM_TITLES.find(({ id }) => id === term)?.title ?? term;
  const row = nearestRow(rows, update ?? rows.at(-1)?.update ?? 0);
  return (
    <section className={styles.root} aria-label={text.tuning.chart.label}>
      <div className={styles.head}>
        <div className={styles.term}>
          <Choice
            label={text.tuning.chart.term}
            value={term}
            options={LOSS_TERM_TITLES.map(({ id, title: label }) => ({ value: id, label }))}
            onChoose={setTerm}
          />
        </div>
        <ul className={styles.legend}>
          {LOSS_TARGETS.map(({ id, title: target }) => {
            const value = row?.losses[lossName(id, term)];
            return (
              <li key={id} className={mergeClasses(styles.entry)}>
                <svg className={colors[id]} width="26" height="8" aria-hidden>
                  <line
                    x1="0"
                    x2="26"
                    y1="4"
                    y2="4"
                    stroke="currentColor"
                    strokeWidth="3"
                    strokeDasharray={DASHES[id]}
                  />
                </svg>
                {target}
                <span className={styles.value}>{value === undefined ? '' : lossText(value)}</span>
              </li>
            );
          })}
        </ul>
        <span className={styles.read}>{row && text.tuning.chart.readout(row.update, row.frame + 1)}</span>
      </div>
      <LossChart rows={rows} term={term} update={update} onUpdate={setUpdate} />
      <p className={styles.hidden}>{rows.length > 0 && spokenCurves(rows, term, title)}</p>
      {rows.length > 0 && (
        <>
          <p className={styles.note}>{text.tuning.chart.trend}</p>
          <details className={styles.details} onToggle={({ currentTarget }) => setTable(currentTarget.open)}>
            <summary className={styles.summary}>{text.tuning.chart.table}</summary>
            {table && <LossTable rows={rows} term={term} title={title} />}
          </details>
        </>
      )}
    </section>
  );
}
