import { makeStyles, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';
import { SourcePanel } from '../photos/source-panel.tsx';
import { TargetPanel } from '../photos/target-panel.tsx';
import { SettingsPanel } from '../settings/settings-panel.tsx';
import { Viewer } from '../viewer/viewer.tsx';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: 'clamp(240px, 18.5vw, 360px) minmax(0, 1fr) clamp(304px, 23vw, 380px)',
    gridTemplateRows: 'minmax(0, 1fr)',
    minHeight: 0,
  },
  photos: {
    minHeight: 0,
    overflowY: 'auto',
    overflowX: 'hidden',
    scrollbarWidth: 'thin',
    backgroundColor: tokens.colorNeutralBackground2,
  },
});

/** Photos at the left, the picture in the middle, settings at the right. */
export function ImageTab() {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <aside className={styles.photos} aria-label={text.wells.panel}>
        <SourcePanel />
        <TargetPanel />
      </aside>
      <Viewer />
      <SettingsPanel />
    </div>
  );
}
