import { Button, makeStyles, Tab, TabList, Tooltip, tokens } from '@fluentui/react-components';
import {
  ArrowExportUp20Regular,
  ArrowRedo20Regular,
  ArrowUndo20Regular,
  CubeMultiple20Regular,
  Settings20Regular,
} from '@fluentui/react-icons';
import { exportOnTab } from '../../actions/do-on-tab.ts';
import { useStudio } from '../../actions/studio.ts';
import mark from '../../icon.svg';
import { canRedo, canUndo } from '../../model/history.ts';
import { byId } from '../../model/job-status.ts';
import { useEdit } from '../../state/edit.ts';
import { useJobs } from '../../state/jobs.ts';
import { openDialog, useUi } from '../../state/ui.ts';
import { useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { useShown } from '../viewer/shown.ts';
import { HelpMenu } from './help-menu.tsx';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: '1fr auto 1fr',
    alignItems: 'center',
    height: '48px',
    padding: `0 ${tokens.spacingHorizontalM} 0 ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  brand: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  mark: { width: '22px', height: '22px' },
  name: { fontWeight: tokens.fontWeightSemibold, letterSpacing: '-0.01em' },
  actions: { display: 'flex', alignItems: 'center', justifyContent: 'flex-end', gap: tokens.spacingHorizontalXXS },
  export: { marginLeft: tokens.spacingHorizontalS },
});

/** Name, workspaces, and the actions that concern the whole work. */
export function TitleBar() {
  const styles = useStyles();
  const studio = useStudio();
  const tab = useUi((state) => state.tab);
  const history = useEdit((state) => state.history);
  const { run } = useShown();
  const subject = useVideoView((state) => state.subject);
  const jobDone = useJobs(({ list }) => subject.kind === 'job' && byId(list, subject.job)?.state === 'done');
  return (
    <header className={styles.root}>
      <div className={styles.brand}>
        <img className={styles.mark} src={mark} alt="" />
        <span className={styles.name}>{text.product}</span>
      </div>
      <TabList
        aria-label={text.tabs.label}
        selectedValue={tab}
        onTabSelect={(_, { value }) => useUi.setState({ tab: value === 'video' ? 'video' : 'image' })}
      >
        <Tab value="image">{text.tabs.image}</Tab>
        <Tab value="video">{text.tabs.video}</Tab>
      </TabList>
      <div className={styles.actions}>
        <Tooltip content={text.titleBar.undo} relationship="label">
          <Button
            appearance="subtle"
            icon={<ArrowUndo20Regular />}
            disabled={!canUndo(history)}
            onClick={studio.undo}
          />
        </Tooltip>
        <Tooltip content={text.titleBar.redo} relationship="label">
          <Button
            appearance="subtle"
            icon={<ArrowRedo20Regular />}
            disabled={!canRedo(history)}
            onClick={studio.redo}
          />
        </Tooltip>
        <HelpMenu />
        <Tooltip content={text.titleBar.models} relationship="label">
          <Button appearance="subtle" icon={<CubeMultiple20Regular />} onClick={() => openDialog('models')} />
        </Tooltip>
        <Tooltip content={text.titleBar.settings} relationship="label">
          <Button appearance="subtle" icon={<Settings20Regular />} onClick={() => openDialog('settings')} />
        </Tooltip>
        <Button
          className={styles.export}
          icon={<ArrowExportUp20Regular />}
          disabled={tab === 'video' ? !jobDone : !run}
          onClick={() => exportOnTab(studio)}
        >
          {text.titleBar.export}
        </Button>
      </div>
    </header>
  );
}
