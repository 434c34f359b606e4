import {
  Button,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  ProgressBar,
  Spinner,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import { Add20Regular, ArrowSync20Regular, Dismiss16Regular, VideoAdd24Regular } from '@fluentui/react-icons';
import type { ChangeEvent } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { DROP_ATTRIBUTE } from '../../hooks/use-arrivals.ts';
import { rateOf, rateText, secondsOf, timecode } from '../../model/frame-clock.ts';
import { useClips } from '../../state/clips.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { EmptyFrame } from '../photos/empty-frame.tsx';
import { useWellStyles } from '../photos/well-styles.ts';
import { PeopleList } from './people-list.tsx';
import { ACCEPTED_VIDEOS, pickVideo, VIDEO_INPUT } from './pick-video.ts';
import { type ClipWork, useClipWork } from './use-clip.ts';

const useStyles = makeStyles({
  header: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXXS, minHeight: '32px' },
  titles: { display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0 },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, lineHeight: '18px' },
  quiet: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, lineHeight: '16px' },
  facts: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  name: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontWeight: tokens.fontWeightMedium,
  },
  opening: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS },
});

function VideoInput() {
  const { clips } = useStudio();
  const changed = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    if (file) void clips.openFile(file);
    // The same file must be choosable again.
    event.target.value = '';
  };
  return (
    <input
      id={VIDEO_INPUT}
      type="file"
      hidden
      accept={ACCEPTED_VIDEOS}
      aria-label={text.video.clip.chooseVideo}
      onChange={changed}
    />
  );
}

function Opening() {
  const styles = useStyles();
  const { clips } = useStudio();
  const opening = useClips((state) => state.opening);
  if (!opening) return null;
  const { name, fraction } = opening;
  if (fraction === null) {
    return <Spinner size="extra-tiny" labelPosition="after" label={text.video.clip.opening(name)} />;
  }
  const label = text.video.clip.sending(name, Math.round(fraction * 100));
  return (
    <div className={styles.opening}>
      <span className={styles.quiet}>{label}</span>
      <ProgressBar value={fraction} aria-label={label} />
      <Button size="small" onClick={clips.cancelOpening}>
        {text.cancel}
      </Button>
    </div>
  );
}

function ClipFacts({ work: { clip } }: { work: ClipWork }) {
  const styles = useStyles();
  const { clips } = useStudio();
  const { info } = clip;
  const length = timecode(info.end - secondsOf(info, 0));
  return (
    <>
      <div className={styles.facts}>
        <Tooltip content={info.name} relationship="description">
          <span className={styles.name}>{info.name}</span>
        </Tooltip>
        <Button
          appearance="subtle"
          size="small"
          icon={<Dismiss16Regular />}
          aria-label={text.video.clip.remove(info.name)}
          title={text.video.clip.remove(info.name)}
          onClick={clips.remove}
        />
      </div>
      <span className={styles.quiet}>
        {text.video.clip.facts(info.width, info.height, rateText(rateOf(info)), length)}
      </span>
      <span className={styles.quiet}>{text.video.clip.frames(info.frames)}</span>
      <span className={styles.quiet}>
        {text.video.clip.tracks(info.container, info.codec, info.audio, info.subtitles)}
      </span>
      {info.notices.length > 0 && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{info.notices.join(' ')}</MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

/** The target video and the people in it. */
export function ClipPanel() {
  const well = useWellStyles();
  const styles = useStyles();
  const studio = useStudio();
  const work = useClipWork();
  const opening = useClips((state) => state.opening !== null);
  const over = useUi((state) => state.dropWell === 'target');
  const label = work ? text.video.clip.replace : text.video.clip.chooseVideo;
  return (
    <section
      className={mergeClasses(well.root, over && well.over)}
      aria-labelledby="well-clip"
      {...{ [DROP_ATTRIBUTE]: 'target' }}
    >
      <div className={styles.header}>
        <div className={styles.titles}>
          <h2 className={styles.title} id="well-clip">
            {text.video.clip.title}
          </h2>
          <span className={styles.quiet}>{text.video.clip.hint}</span>
        </div>
        <Button
          appearance="subtle"
          size="small"
          icon={work ? <ArrowSync20Regular /> : <Add20Regular />}
          aria-label={label}
          title={label}
          onClick={() => pickVideo(studio)}
        />
        <VideoInput />
      </div>
      <Opening />
      {!work && !opening && (
        <EmptyFrame
          icon={<VideoAdd24Regular aria-hidden />}
          title={over ? text.video.clip.drop : text.video.clip.empty}
          hint={text.video.clip.paste}
          choose={text.video.clip.choose}
          chooseLabel={text.video.clip.chooseVideo}
          over={over}
          onChoose={() => pickVideo(studio)}
        />
      )}
      {work && <ClipFacts work={work} />}
      {work && <PeopleList work={work} />}
    </section>
  );
}
