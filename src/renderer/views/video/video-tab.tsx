import { Button, makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { Video48Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import { byId } from '../../model/job-status.ts';
import { useJobs } from '../../state/jobs.ts';
import { showClip, showJob, useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { useTabStyles } from '../frame/tab-styles.ts';
import { SourcePanel } from '../photos/source-panel.tsx';
import { EngineSection } from '../settings/engine-section.tsx';
import { RegionsSection } from '../settings/regions-section.tsx';
import { StrengthSection } from '../settings/strength-section.tsx';
import { TuningSection } from '../tuning/tuning-section.tsx';
import { ClipPanel } from './clip-panel.tsx';
import { ClipView } from './clip-view.tsx';
import { JobList } from './job-list.tsx';
import { JobView } from './job-view.tsx';
import { pickVideo } from './pick-video.ts';
import { VideoSourceFaces } from './source-faces.tsx';
import { StartBar } from './start-bar.tsx';
import { useClipWork } from './use-clip.ts';
import { useListedJobs } from './use-listed-jobs.ts';
import { ExportSection, FramesSection } from './video-fields.tsx';

const useStyles = makeStyles({
  stage: { display: 'flex', flexDirection: 'column', minWidth: 0, minHeight: 0 },
  tabs: {
    minHeight: '44px',
    alignItems: 'center',
    padding: `0 ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  jobTab: { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', maxWidth: '320px' },
  side: { display: 'flex', flexDirection: 'column', minHeight: 0, backgroundColor: tokens.colorNeutralBackground2 },
  scroll: { flex: '1 1 0', minHeight: 0, overflowY: 'auto', overflowX: 'hidden', scrollbarWidth: 'thin' },
  empty: {
    flex: '1 1 0',
    minHeight: 0,
    overflowY: 'auto',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    padding: tokens.spacingHorizontalXXL,
    textAlign: 'center',
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground4,
  },
  title: { margin: `${tokens.spacingVerticalM} 0 0`, fontSize: tokens.fontSizeBase500, lineHeight: '28px' },
  body: { maxWidth: '400px', lineHeight: '22px', margin: `${tokens.spacingVerticalS} 0 ${tokens.spacingVerticalXL}` },
});

function Empty() {
  const styles = useStyles();
  const studio = useStudio();
  return (
    <div className={styles.empty}>
      <Video48Regular aria-hidden />
      <h1 className={styles.title}>{text.video.welcome.title}</h1>
      <p className={styles.body}>{text.video.welcome.body}</p>
      <Button appearance="primary" onClick={() => pickVideo(studio)}>
        {text.video.clip.chooseVideo}
      </Button>
    </div>
  );
}

function Stage() {
  const styles = useStyles();
  const work = useClipWork();
  const subject = useVideoView((state) => state.subject);
  const list = useJobs((state) => state.list);
  const job = subject.kind === 'job' ? byId(list, subject.job) : null;
  return (
    <main className={styles.stage} aria-label={text.video.stage} data-drop="next">
      <TabList
        className={styles.tabs}
        size="small"
        aria-label={text.video.views.label}
        selectedValue={job ? 'job' : 'clip'}
        onTabSelect={(_, { value }) => (value === 'clip' ? showClip() : job && showJob(job.id))}
      >
        <Tab value="clip">{text.video.views.clip}</Tab>
        {job && (
          <Tab value="job">
            <span className={styles.jobTab}>{text.video.views.job(job.target)}</span>
          </Tab>
        )}
      </TabList>
      {job ? <JobView job={job} /> : work ? <ClipView key={work.clip.key} work={work} /> : <Empty />}
    </main>
  );
}

/** Settings of the next job, or the jobs that there are. */
function Side() {
  const styles = useStyles();
  const side = useVideoView((state) => state.side);
  const jobs = useListedJobs().length;
  return (
    <aside className={styles.side} aria-label={text.video.setup}>
      <TabList
        className={styles.tabs}
        size="small"
        aria-label={text.video.setup}
        selectedValue={side}
        onTabSelect={(_, { value }) => useVideoView.setState({ side: value === 'jobs' ? 'jobs' : 'settings' })}
      >
        <Tab value="settings">{text.video.settings.tab}</Tab>
        <Tab value="jobs">{text.video.jobs.tab(jobs)}</Tab>
      </TabList>
      {side === 'jobs' ? (
        <JobList />
      ) : (
        <>
          <div className={styles.scroll}>
            <FramesSection />
            <ExportSection />
            <StrengthSection />
            <RegionsSection />
            <EngineSection crop={false} />
            <TuningSection />
          </div>
          <StartBar />
        </>
      )}
    </aside>
  );
}

/** Photos, clip and people at the left, the film in the middle, settings and jobs at the right. */
export function VideoTab() {
  const styles = useTabStyles();
  return (
    <div className={styles.root}>
      <aside className={styles.photos} aria-label={text.video.panel}>
        <SourcePanel faces={(photo) => <VideoSourceFaces photo={photo} />} />
        <ClipPanel />
      </aside>
      <Stage />
      <Side />
    </div>
  );
}
