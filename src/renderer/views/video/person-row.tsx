import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowLeft16Regular, People20Regular, Person20Regular } from '@fluentui/react-icons';
import type { JobId, JobTrack } from '#shared/jobs.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { secondsOf, timecode } from '../../model/frame-clock.ts';
import { isOpen } from '../../model/frame-strip.ts';
import { withPerson } from '../../model/video-document.ts';
import type { PersonKey } from '../../model/video-part.ts';
import type { ClipEntry } from '../../state/clips.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { usePairRowStyles } from '../photos/pair-row-styles.ts';
import { SourceChoice } from '../photos/source-menu.tsx';

const useStyles = makeStyles({
  person: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalSNudge,
    minWidth: 0,
    padding: '2px',
    border: 'none',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    color: tokens.colorNeutralForeground1,
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase200,
    textAlign: 'left',
    cursor: 'pointer',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  thumb: {
    display: 'grid',
    placeItems: 'center',
    flexShrink: 0,
    width: '36px',
    height: '36px',
    overflow: 'hidden',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground4,
    color: tokens.colorNeutralForeground3,
  },
  image: { display: 'block', width: '100%', height: '100%', objectFit: 'cover' },
  caption: {
    display: 'block',
    padding: '0 4px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
});

interface PersonRowProps {
  readonly clip: ClipEntry;
  readonly person: PersonKey;
  readonly track?: JobTrack;
  /** The job that found the person. */
  readonly job?: JobId;
}

const nameOf = (person: PersonKey): string =>
  typeof person === 'number' ? text.video.people.person(person + 1) : text.video.people[person];

function Thumb({ person, job }: Pick<PersonRowProps, 'person' | 'job'>) {
  const styles = useStyles();
  const { clips } = useStudio();
  const load = job !== undefined && typeof person === 'number' ? () => clips.thumb(job, person) : null;
  const { url } = usePicture(`${job}:${person}`, 'thumb', load);
  return (
    <span className={styles.thumb} aria-hidden>
      {url ? (
        <img className={styles.image} src={url} alt="" draggable={false} />
      ) : person === 'all' ? (
        <People20Regular />
      ) : (
        <Person20Regular />
      )}
    </span>
  );
}

/** When and how well a person is seen. */
function seenText({ info }: ClipEntry, { firstFrame, lastFrame, frames, ranges }: JobTrack): string {
  const usable = ranges.reduce((sum, { from, to, state }) => sum + (isOpen(state) ? to - from + 1 : 0), 0);
  const at = (frame: number) => timecode(secondsOf(info, frame));
  const seen = text.video.people.seen(frames, at(firstFrame), at(lastFrame));
  return usable < frames ? `${seen} · ${text.video.people.usable(Math.round((100 * usable) / frames))}` : seen;
}

/** A person of the clip: select at the left, choose the face at the right. */
export function PersonRow({ clip, person, track, job }: PersonRowProps) {
  const styles = useStyles();
  const rowStyles = usePairRowStyles();
  const source = useEdit((state) => state.history.present.video.people[person]);
  const selected = useVideoView((state) => state.person === person);
  const name = nameOf(person);
  const select = () => {
    useVideoView.setState(track ? { person, frame: track.bestFrame } : { person });
  };
  return (
    <li className={mergeClasses(rowStyles.row, selected && rowStyles.selected)}>
      <div className={rowStyles.pair}>
        <button
          type="button"
          className={styles.person}
          aria-pressed={selected}
          aria-label={text.video.people.select(name, source ? text.video.people.replaced : text.video.people.kept)}
          title={person === 'largest' ? text.video.people.largestHint : name}
          onClick={select}
        >
          {track && (
            <span className={rowStyles.number} aria-hidden>
              {track.id + 1}
            </span>
          )}
          <Thumb person={person} {...(job === undefined ? {} : { job })} />
        </button>
        <ArrowLeft16Regular className={rowStyles.arrow} aria-hidden />
        <SourceChoice
          label={text.video.people.chooseFor(name)}
          source={source}
          onChoose={(chosen) => {
            useVideoView.setState({ person });
            edit((doc) => withPerson(doc, person, chosen));
          }}
        />
      </div>
      <span className={styles.caption}>{track ? seenText(clip, track) : name}</span>
    </li>
  );
}
