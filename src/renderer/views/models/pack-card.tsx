import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Copy16Regular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import type { ModelsState, Pack } from '#shared/contract-models.ts';
import { say } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { RemoveButton } from './remove-button.tsx';
import { StateMark } from './state-mark.tsx';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalM}`,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  header: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalSNudge, minHeight: '28px' },
  title: { margin: 0, flexGrow: 1, fontSize: '13px', fontWeight: tokens.fontWeightSemibold },
  state: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2, whiteSpace: 'nowrap' },
  facts: {
    display: 'grid',
    gridTemplateColumns: '112px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    rowGap: '3px',
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
  },
  term: { color: tokens.colorNeutralForeground3 },
  fact: { margin: 0, overflowWrap: 'anywhere' },
  address: { display: 'inline-flex', alignItems: 'center', gap: '2px', userSelect: 'text' },
  copy: { minWidth: '24px', width: '24px', height: '18px', padding: 0 },
});

function Fact({ term, children }: { term: string; children: ReactNode }) {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.fact}>{children}</dd>
    </>
  );
}

/** The address is text to copy: the studio itself never goes there. */
function Address({ pack: { page, title } }: { pack: Pack }) {
  const styles = useStyles();
  const copy = async () => {
    await navigator.clipboard.writeText(page);
    say({ intent: 'success', title: text.models.copied });
  };
  return (
    <span className={styles.address}>
      {page}
      <Button
        className={styles.copy}
        size="small"
        appearance="transparent"
        icon={<Copy16Regular />}
        aria-label={text.models.copy(title)}
        title={text.models.copy(title)}
        onClick={() => void copy()}
      />
    </span>
  );
}

const fileLine = ({ name, present }: Pack['files'][number], some: boolean): string =>
  some ? `${name} (${present ? text.models.there : text.models.notThere})` : name;

/** One pack: its state, terms, origin, and what needs it. */
export function PackCard({ pack, models, busy }: { pack: Pack; models: ModelsState; busy: boolean }) {
  const styles = useStyles();
  const { title, state, reason, optional, bytes, features, licence, commercial, files } = pack;
  const uses = features.map((id) => models.features.find((row) => row.id === id)?.title ?? id);
  const there = state !== 'missing';
  const facts = [
    text.models.states[state],
    optional ? text.models.optional : text.models.required,
    ...(there ? [text.models.size(bytes)] : []),
  ];
  return (
    <li className={styles.root} aria-label={title}>
      <div className={styles.header}>
        <StateMark state={state} label={text.models.states[state]} />
        <h4 className={styles.title}>{title}</h4>
        <span className={styles.state}>{facts.join(' · ')}</span>
        {there && <RemoveButton pack={pack} disabled={busy} />}
      </div>
      <dl className={styles.facts}>
        {reason !== null && <Fact term={text.models.states[state]}>{reason}</Fact>}
        <Fact term={text.models.usedFor}>{uses.join('; ')}</Fact>
        <Fact term={text.models.licence}>{licence}</Fact>
        <Fact term={text.models.commercial}>{text.models.commercials[commercial]}</Fact>
        <Fact term={text.models.fileNames}>
          {files.map((file) => fileLine(file, files.length > 1 && there)).join(', ')}
        </Fact>
        <Fact term={text.models.comesFrom}>
          <Address pack={pack} />
        </Fact>
      </dl>
    </li>
  );
}
