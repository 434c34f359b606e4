import { Button, makeStyles, ToggleButton, Tooltip, tokens } from '@fluentui/react-components';
import {
  Next20Regular,
  Pause20Filled,
  Play20Filled,
  Previous20Regular,
  Speaker220Regular,
  SpeakerMute20Regular,
} from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import type { Film } from '../../hooks/use-film.ts';
import { secondsOf, type Timed, timecode } from '../../model/frame-clock.ts';
import { useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `2px ${tokens.spacingHorizontalXS}`,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  time: { fontVariantNumeric: 'tabular-nums', padding: `0 ${tokens.spacingHorizontalS}` },
  frame: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
  rest: {
    display: 'flex',
    flexWrap: 'wrap',
    flexGrow: 1,
    alignItems: 'center',
    justifyContent: 'flex-end',
    gap: `2px ${tokens.spacingHorizontalXS}`,
  },
});

interface TransportProps {
  readonly clip: Timed;
  readonly film: Film;
  readonly frame: number;
  readonly sound: boolean;
  /** More to do with the frame that is shown. */
  readonly children?: ReactNode;
}

/** Plays, steps, and says where it stands. */
export function Transport({ clip, film, frame, sound, children }: TransportProps) {
  const styles = useStyles();
  const muted = useVideoView((state) => state.muted);
  const { frames } = clip;
  const step = (by: number) => {
    film.pause();
    film.seek(Math.min(frames - 1, Math.max(0, frame + by)));
  };
  return (
    <div className={styles.root}>
      <Tooltip content={text.video.film.back} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={<Previous20Regular />}
          disabled={frame === 0}
          onClick={() => step(-1)}
        />
      </Tooltip>
      <Button
        size="small"
        icon={film.playing ? <Pause20Filled /> : <Play20Filled />}
        aria-label={film.playing ? text.video.film.pause : text.video.film.play}
        title={film.playing ? text.video.film.pause : text.video.film.play}
        onClick={film.toggle}
      />
      <Tooltip content={text.video.film.forward} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={<Next20Regular />}
          disabled={frame >= frames - 1}
          onClick={() => step(1)}
        />
      </Tooltip>
      {sound && (
        <ToggleButton
          size="small"
          appearance="subtle"
          icon={muted ? <SpeakerMute20Regular /> : <Speaker220Regular />}
          checked={muted}
          aria-label={text.video.film.mute}
          title={muted ? text.video.film.unmute : text.video.film.mute}
          onClick={() => useVideoView.setState({ muted: !muted })}
        />
      )}
      <span className={styles.time}>
        {text.video.film.position(timecode(secondsOf(clip, frame)), timecode(clip.end))}
      </span>
      <span className={styles.frame}>{text.video.film.frame(frame + 1, frames)}</span>
      <div className={styles.rest}>{children}</div>
    </div>
  );
}
