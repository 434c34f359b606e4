import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useId } from 'react';
import { REGIONS } from '#shared/regions.ts';
import type { EngineId } from '#shared/settings.ts';
import { useSourceFaces } from '../../hooks/use-source-faces.ts';
import { isRegionKept } from '../../model/presets.ts';
import { useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { RegionRow } from './region-row.tsx';

const useStyles = makeStyles({
  table: { width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' },
  head: {
    padding: `0 0 ${tokens.spacingVerticalXXS}`,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    textAlign: 'center',
  },
  first: { textAlign: 'left', width: '32%' },
  part: { width: '17.5%' },
  narrow: { width: '16%' },
  from: { width: '34px' },
  reason: {
    padding: `${tokens.spacingVerticalS} 0 ${tokens.spacingVerticalXS}`,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    color: tokens.colorNeutralForeground3,
    textAlign: 'left',
    fontWeight: tokens.fontWeightRegular,
  },
  reasonTitle: { display: 'block', color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightMedium },
});

/** The target face whose regions may come from several faces, where there are several and the engine can. */
function useRegionSources(engine: EngineId) {
  const targetFace = useEdit((state) => state.selectedFace);
  const assignments = useEdit((state) => state.history.present.assignments);
  const faces = useSourceFaces();
  const entry = targetFace === null ? undefined : assignments[targetFace];
  return engine === 'rgi' && targetFace !== null && entry && faces.length > 1 ? { targetFace, entry } : undefined;
}

/** All twelve regions: first those that this engine exchanges, then those that it keeps, with the reason. */
export function RegionTable({ engine }: { engine: EngineId }) {
  const styles = useStyles();
  const sources = useRegionSources(engine);
  const part = mergeClasses(styles.head, styles.part, sources && styles.narrow);
  const reason = useId();
  const open = REGIONS.filter(({ id }) => !isRegionKept(id, engine));
  const kept = REGIONS.filter(({ id }) => isRegionKept(id, engine));
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={mergeClasses(styles.head, styles.first)}>
            {text.settings.region}
          </th>
          <th scope="col" className={part}>
            {text.settings.texture}
          </th>
          <th scope="col" className={part}>
            {text.settings.shape}
          </th>
          {sources && (
            <th scope="col" className={mergeClasses(styles.head, styles.from)}>
              {text.settings.from}
            </th>
          )}
          <th scope="col" className={styles.head}>
            {text.settings.amount}
          </th>
        </tr>
      </thead>
      <tbody>
        {open.map((region) => (
          <RegionRow key={region.id} region={region} locked={false} reason={reason} sources={sources} />
        ))}
      </tbody>
      {kept.length > 0 && (
        <tbody>
          <tr>
            <th scope="rowgroup" colSpan={4} className={styles.reason} id={reason}>
              <span className={styles.reasonTitle}>{text.settings.keptTitle}</span>
              {text.settings.keptWhy}
            </th>
          </tr>
          {kept.map((region) => (
            <RegionRow key={region.id} region={region} locked reason={reason} />
          ))}
        </tbody>
      )}
    </table>
  );
}
