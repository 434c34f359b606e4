import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  root: {
    position: 'absolute',
    bottom: '12px',
    padding: '2px 8px',
    borderRadius: '4px',
    backgroundColor: 'rgba(10, 12, 13, 0.72)',
    color: '#ffffff',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightMedium,
    pointerEvents: 'none',
    userSelect: 'none',
  },
  left: { left: '12px' },
  right: { right: '12px' },
});

/** A word on the picture that says what is seen there. */
export function CornerLabel({ side, children }: { side: 'left' | 'right'; children: string }) {
  const styles = useStyles();
  return <span className={mergeClasses(styles.root, styles[side])}>{children}</span>;
}
