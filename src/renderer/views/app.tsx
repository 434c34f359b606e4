import { FluentProvider, makeStyles, tokens } from '@fluentui/react-components';
import { useArrivals } from '../hooks/use-arrivals.ts';
import { useShortcuts } from '../hooks/use-shortcuts.ts';
import { usePreferences } from '../state/preferences.ts';
import { useUi } from '../state/ui.ts';
import { useTheme } from '../theme/use-theme.ts';
import { Dialogs } from './dialogs/dialogs.tsx';
import { Announcer } from './frame/announcer.tsx';
import { ConnectionBar } from './frame/connection-bar.tsx';
import { ImageTab } from './frame/image-tab.tsx';
import { Messages } from './frame/messages.tsx';
import { StatusBar } from './frame/status-bar.tsx';
import { TitleBar } from './frame/title-bar.tsx';
import { Tour } from './frame/tour.tsx';
import { VideoTab } from './video/video-tab.tsx';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateRows: 'auto auto minmax(0, 1fr) auto',
    height: '100vh',
    minWidth: '960px',
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground1,
  },
});

/** The window. */
export function App() {
  const styles = useStyles();
  const { name, theme } = useTheme();
  const tab = useUi((state) => state.tab);
  const loaded = usePreferences((state) => state.loaded);
  useShortcuts();
  useArrivals();
  return (
    <FluentProvider theme={theme}>
      <div className={styles.root} data-theme={name} aria-busy={!loaded}>
        <TitleBar />
        <div>
          <ConnectionBar />
        </div>
        {tab === 'image' ? <ImageTab /> : <VideoTab />}
        <StatusBar />
      </div>
      <Announcer />
      <Messages />
      <Dialogs />
      <Tour />
    </FluentProvider>
  );
}
