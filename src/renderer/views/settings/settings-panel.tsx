import { makeStyles, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';
import { EngineSection } from './engine-section.tsx';
import { RefineSection } from './refine-section.tsx';
import { RegionsSection } from './regions-section.tsx';
import { RunBar } from './run-bar.tsx';
import { StrengthSection } from './strength-section.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', minHeight: 0, backgroundColor: tokens.colorNeutralBackground2 },
  scroll: { flex: '1 1 0', minHeight: 0, overflowY: 'auto', overflowX: 'hidden', scrollbarWidth: 'thin' },
});

/** The right side of the window. */
export function SettingsPanel() {
  const styles = useStyles();
  return (
    <aside className={styles.root} aria-label={text.settings.panel}>
      <div className={styles.scroll}>
        <StrengthSection />
        <RegionsSection />
        <EngineSection />
        <RefineSection />
      </div>
      <RunBar />
    </aside>
  );
}
