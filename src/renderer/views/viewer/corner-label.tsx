import { makeStyles, mergeClasses } from '@fluentui/react-components';
import { type Size, type View, visibleRows, visibleSpan } from '../../model/geometry.ts';
import { useCaptionStyles } from './caption-styles.ts';

const useStyles = makeStyles({
  root: {
    pointerEvents: 'none',
    userSelect: 'none',
  },
});

const MARGIN = 10;

interface CornerLabelProps {
  readonly side: 'left' | 'right';
  readonly view: View;
  readonly frame: Size;
  readonly picture: Size;
  readonly children: string;
}

/** A word in a lower corner of the visible picture that says what is seen there. */
export function CornerLabel({ side, view, frame, picture, children }: CornerLabelProps) {
  const styles = useStyles();
  const { caption } = useCaptionStyles();
  const { left, right } = visibleSpan(view, frame, picture);
  const { bottom } = visibleRows(view, frame, picture);
  const style = side === 'left' ? { left: left + MARGIN } : { right: frame.width - right + MARGIN };
  return (
    <span className={mergeClasses(caption, styles.root)} style={{ ...style, bottom: frame.height - bottom + MARGIN }}>
      {children}
    </span>
  );
}
