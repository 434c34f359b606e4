import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { FrameRange } from '#shared/jobs.ts';
import { piecesOf } from '../../model/frame-strip.ts';
import { useStateColors } from './state-colors.ts';

const useStyles = makeStyles({
  root: {
    position: 'relative',
    height: '12px',
    borderRadius: '3px',
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground4,
    '@media (forced-colors: active)': { border: '1px solid CanvasText' },
  },
  piece: { position: 'absolute', top: 0, bottom: 0, minWidth: '1px' },
});

/** The states of a clip's frames as a strip of colours; beside it they always stand in words. */
export function Strip({ ranges, frames }: { ranges: readonly FrameRange[]; frames: number }) {
  const styles = useStyles();
  const colors = useStateColors();
  return (
    <div className={styles.root} aria-hidden>
      {piecesOf(ranges, frames).map(({ from, to, state }) => (
        <span
          key={from}
          className={mergeClasses(styles.piece, colors[state])}
          style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        />
      ))}
    </div>
  );
}
