import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Feature, ModelsState } from '#shared/contract-models.ts';
import { text } from '../../text.ts';
import { StateMark } from './state-mark.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '6px' },
  row: { display: 'grid', gridTemplateColumns: '20px minmax(0, 1fr)', alignItems: 'baseline' },
  mark: { alignSelf: 'start', paddingTop: '2px' },
  lacks: { margin: '2px 0 0', padding: '0 0 0 16px' },
  why: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, lineHeight: '16px' },
});

interface RowProps {
  readonly works: boolean;
  readonly title: string;
  readonly why: string;
  readonly lacks?: readonly string[];
}

function Row({ works, title, why, lacks = [] }: RowProps) {
  const styles = useStyles();
  return (
    <li className={styles.row}>
      <span className={styles.mark}>
        <StateMark state={works ? 'ready' : 'missing'} label={works ? text.models.yes : text.models.no} />
      </span>
      <div>
        {title} <span className={styles.why}>{why}</span>
        {lacks.length > 0 && (
          <ul className={mergeClasses(styles.why, styles.lacks)}>
            {lacks.map((lack) => (
              <li key={lack}>{lack}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** What a feature waits for, or what would make it better; packs by their titles. */
function reasonOf({ missing, oneIsEnough, better }: Feature, titles: ReadonlyMap<string, string>): string {
  const named = (ids: readonly string[]) => ids.map((id) => titles.get(id) ?? id).join(', ');
  const needs = oneIsEnough && missing.length > 1 ? text.models.needsOne : text.models.needsAll;
  const parts = [
    ...(missing.length > 0 ? [needs(named(missing))] : []),
    ...(better.length > 0 && missing.length === 0 ? [text.models.better(named(better))] : []),
  ];
  return parts.length === 0 ? '' : `– ${parts.join('; ')}`;
}

/** Engines and features, each with what it still needs. */
export function WorksList({ models }: { models: ModelsState }) {
  const styles = useStyles();
  const titles = new Map(models.packs.map(({ id, title }) => [id, title]));
  return (
    <ul className={styles.list}>
      {models.engines.map(({ id, ready, reason, lacks }) => (
        <Row
          key={id}
          works={ready}
          title={text.models.engineRow(text.settings.engines[id])}
          why={reason === null ? '' : `– ${reason}`}
          lacks={lacks}
        />
      ))}
      {models.features.map((feature) => (
        <Row key={feature.id} works={feature.works} title={feature.title} why={reasonOf(feature, titles)} />
      ))}
    </ul>
  );
}
