import {
  Button,
  MessageBar,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  tokens,
  useArrowNavigationGroup,
} from '@fluentui/react-components';
import { PeopleSearch20Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import { byId } from '../../model/job-status.ts';
import { useConnection } from '../../state/connection.ts';
import { useJobs } from '../../state/jobs.ts';
import { text } from '../../text.ts';
import { PersonRow } from './person-row.tsx';
import type { ClipWork } from './use-clip.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, marginTop: tokens.spacingVerticalS },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, lineHeight: '18px' },
  hint: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, lineHeight: '16px' },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '2px' },
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  bar: { flexGrow: 1 },
});

function Looking({ work: { clip } }: { work: ClipWork }) {
  const styles = useStyles();
  const { clips } = useStudio();
  const { people } = clip;
  const job = useJobs((state) => (people.phase === 'looking' ? byId(state.list, people.job) : null));
  const running = job?.state === 'running';
  const words = job?.state === 'queued' ? text.video.people.waiting : text.video.people.looking;
  return (
    <>
      <span className={styles.hint}>
        {words}
        {running && job.framesTotal > 0 && ` ${job.framesDone} / ${job.framesTotal}`}
      </span>
      <div className={styles.row}>
        <ProgressBar
          className={styles.bar}
          aria-label={text.video.people.progress}
          aria-valuetext={words}
          {...(running ? { value: job.framesTotal > 0 ? job.framesDone / job.framesTotal : 0 } : {})}
        />
        <Button size="small" onClick={clips.stopLooking}>
          {text.video.people.stop}
        </Button>
      </div>
    </>
  );
}

/** The people of the clip, and who of them gets which face; before they are found, the main person and everyone. */
export function PeopleList({ work }: { work: ClipWork }) {
  const styles = useStyles();
  const { clips } = useStudio();
  const arrows = useArrowNavigationGroup({ axis: 'vertical' });
  const ready = useConnection((state) => state.phase === 'ready');
  const { clip, stale } = work;
  const { people } = clip;
  const found = people.phase === 'found' ? people : null;
  return (
    <div className={styles.root}>
      <h3 className={styles.title}>{text.video.people.title}</h3>
      {people.phase === 'looking' && <Looking work={work} />}
      {(people.phase === 'none' || people.phase === 'failed' || stale) && (
        <Button
          size="small"
          icon={<PeopleSearch20Regular />}
          disabled={!ready}
          title={text.video.people.findHint}
          onClick={() => void clips.findPeople()}
        >
          {found ? text.video.people.findMore : text.video.people.find}
        </Button>
      )}
      {stale && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{text.video.people.stale}</MessageBarBody>
        </MessageBar>
      )}
      {people.phase === 'failed' && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            {text.video.people.failed} {people.error.message}
          </MessageBarBody>
        </MessageBar>
      )}
      {found && found.timeline.tracks.length === 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{text.video.people.none}</MessageBarBody>
        </MessageBar>
      )}
      {people.phase === 'none' && <span className={styles.hint}>{text.video.people.before}</span>}
      <ul className={styles.list} aria-label={text.video.people.list} {...arrows}>
        {found
          ? found.timeline.tracks.map((track) => (
              <PersonRow key={track.id} clip={clip} person={track.id} track={track} job={found.job} />
            ))
          : people.phase !== 'looking' &&
            (['largest', 'all'] as const).map((person) => <PersonRow key={person} clip={clip} person={person} />)}
      </ul>
    </div>
  );
}
