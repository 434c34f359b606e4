import { Button, makeStyles, mergeClasses, ProgressBar, tokens } from '@fluentui/react-components';
import { useStudio } from '../../actions/studio.ts';
import { percent } from '../../model/progress.ts';
import type { PhotoKey } from '../../model/source-face.ts';
import { useConnection } from '../../state/connection.ts';
import { useEdit } from '../../state/edit.ts';
import { usePhotos } from '../../state/photos.ts';
import { useRun } from '../../state/run.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { useVideoStatus } from '../video/video-status.ts';
import { statusLine } from './run-status.ts';

const useStyles = makeStyles({
  root: {
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    height: '32px',
    padding: `0 ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground3,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  bar: { position: 'absolute', left: 0, right: 0, top: '-2px' },
  line: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  },
  engine: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, whiteSpace: 'nowrap' },
  dot: {
    width: '8px',
    height: '8px',
    borderRadius: '50%',
    backgroundColor: tokens.colorNeutralForeground4,
    forcedColorAdjust: 'none',
  },
  good: { backgroundColor: tokens.colorStatusSuccessForeground3 },
  busy: { backgroundColor: tokens.colorStatusWarningForeground3 },
  bad: { backgroundColor: tokens.colorStatusDangerForeground3 },
});

/** Progress and state of the engine, at the bottom of the window. */
export function StatusBar() {
  const styles = useStyles();
  const { runs } = useStudio();
  const run = useRun();
  const doc = useEdit((state) => state.history.present);
  const { phase, shell } = useConnection();
  const onVideo = useUi((state) => state.tab === 'video');
  const video = useVideoStatus();
  const running = !onVideo && run.phase === 'running';
  const photos = usePhotos((state) => state.byKey);
  const hasFace = (key: PhotoKey) => (photos[key]?.info.faces.length ?? 0) > 0;
  const photoLine = statusLine(run, doc, {
    target: doc.target === null ? null : hasFace(doc.target),
    sources: doc.sources.length === 0 ? null : doc.sources.some(hasFace),
  });
  const line = onVideo ? video.line : photoLine;
  const fraction = onVideo ? video.fraction : running && run.progress ? percent(run.progress) / 100 : null;
  const busy = onVideo ? video.fraction !== null : running || run.phase === 'stopping';
  const tone = {
    ready: styles.good,
    starting: styles.busy,
    restarting: styles.busy,
    failed: styles.bad,
    unreachable: styles.bad,
  };
  return (
    <footer className={styles.root}>
      {busy && (
        <ProgressBar
          className={styles.bar}
          thickness="medium"
          shape="square"
          aria-label={onVideo ? text.video.jobs.running : text.run.progress}
          aria-valuetext={line}
          {...(fraction === null ? {} : { value: fraction })}
        />
      )}
      <span className={styles.line}>{line}</span>
      {running && (
        <Button size="small" appearance="subtle" onClick={() => void runs.cancel()}>
          {text.cancel}
        </Button>
      )}
      {shell?.kind === 'web' && <span>{text.connection.fallback}</span>}
      <span className={styles.engine}>
        <span className={mergeClasses(styles.dot, tone[phase])} aria-hidden />
        {text.connection[phase]}
      </span>
    </footer>
  );
}
