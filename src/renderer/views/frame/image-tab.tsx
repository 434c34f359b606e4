import { text } from '../../text.ts';
import { SourcePanel } from '../photos/source-panel.tsx';
import { TargetPanel } from '../photos/target-panel.tsx';
import { SettingsPanel } from '../settings/settings-panel.tsx';
import { Viewer } from '../viewer/viewer.tsx';
import { useTabStyles } from './tab-styles.ts';

/** Photos at the left, the picture in the middle, settings at the right. */
export function ImageTab() {
  const styles = useTabStyles();
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
