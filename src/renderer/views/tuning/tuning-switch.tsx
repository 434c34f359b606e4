import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import type { JobInfo } from '#shared/jobs.ts';
import { useTuning } from '../../state/tuning.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: {
    minHeight: '36px',
    padding: `0 ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

/** Frames of a job, or its tuning. */
export function TuningSwitch({ job, shown }: { job: JobInfo; shown: boolean }) {
  const styles = useStyles();
  return (
    <TabList
      className={styles.root}
      size="small"
      aria-label={text.tuning.panel.views}
      selectedValue={shown ? 'tuning' : 'film'}
      onTabSelect={(_, { value }) => {
        const view = value === 'tuning' ? 'tuning' : 'film';
        useTuning.setState(({ views }) => ({ views: { ...views, [job.id]: view } }));
      }}
    >
      <Tab value="film">{text.tuning.panel.film}</Tab>
      <Tab value="tuning">{text.tuning.panel.tab}</Tab>
    </TabList>
  );
}
