import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import { ImageOff24Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { MediaAddress } from '#shared/contract-video.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { text } from '../../text.ts';
import { useCaptionStyles } from '../viewer/caption-styles.ts';

const useStyles = makeStyles({
  root: {
    position: 'relative',
    flex: '1 1 0',
    minWidth: 0,
    minHeight: 0,
    margin: 0,
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground4,
  },
  picture: { position: 'absolute', inset: 0, width: '100%', height: '100%', objectFit: 'contain' },
  label: {
    left: '10px',
    bottom: '10px',
    pointerEvents: 'none',
  },
  note: {
    position: 'absolute',
    inset: 0,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalL,
    textAlign: 'center',
    color: tokens.colorNeutralForeground3,
  },
});

interface FilmPaneProps {
  readonly label: string;
  /** What is shown when the browser cannot play it, or where there is nothing to play. */
  readonly frame: number;
  /** Another subject is another film; its frames are its details. */
  readonly subject: string;
  /** Fetches a frame; null where nothing can be shown. */
  readonly load: (() => Promise<Blob>) | null;
  /** What makes another picture of the same frame. */
  readonly version?: string | number;
  readonly media?: MediaAddress | null;
  /** For the `ref` of the player. */
  readonly player?: ((element: HTMLVideoElement | null) => () => void) | undefined;
  readonly muted?: boolean;
  /** Said while a frame is fetched for the first time, and instead of it. */
  readonly waiting?: string;
  readonly empty?: string | undefined;
  readonly failed?: string;
}

/** One of the films that are seen side by side: played by the browser where it can, frame by frame where not. */
export function FilmPane(props: FilmPaneProps) {
  const styles = useStyles();
  const { caption } = useCaptionStyles();
  const { label, frame, subject, load, version = '', media = null, player, muted = true } = props;
  const [unplayable, setUnplayable] = useState<string | null>(null);
  const plays = media !== null && unplayable !== media;
  const { url, state } = usePicture(subject, `${frame}:${version}`, plays ? null : load);
  const name = text.video.film.picture(label, frame + 1);
  return (
    <figure className={styles.root} data-plays={plays}>
      {plays && (
        <video
          key={media}
          ref={player}
          className={styles.picture}
          src={media}
          muted={muted}
          playsInline
          preload="auto"
          disablePictureInPicture
          aria-label={name}
          onError={() => setUnplayable(media)}
          onLoadedMetadata={({ currentTarget }) => {
            // Sound that can be heard with a picture that cannot be decoded.
            if (currentTarget.videoWidth === 0) setUnplayable(media);
          }}
        />
      )}
      {!plays && url && <img className={styles.picture} src={url} alt={name} draggable={false} />}
      {!plays && !url && (
        <div className={styles.note}>
          {state === 'loading' && <Spinner size="small" label={props.waiting ?? text.video.film.loading} />}
          {state === 'failed' && <ImageOff24Regular aria-hidden />}
          {state === 'failed' && (props.failed ?? text.video.film.failed)}
          {state === 'empty' && props.empty}
        </div>
      )}
      <figcaption className={mergeClasses(caption, styles.label)}>{label}</figcaption>
    </figure>
  );
}
