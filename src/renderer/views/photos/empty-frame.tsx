import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalXXS,
    minHeight: '148px',
    padding: tokens.spacingVerticalM,
    boxSizing: 'border-box',
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    textAlign: 'center',
    color: tokens.colorNeutralForeground3,
  },
  over: { border: `1px solid ${tokens.colorBrandStroke1}`, backgroundColor: tokens.colorNeutralBackground1 },
  title: { color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightMedium },
  hint: { fontSize: tokens.fontSizeBase200 },
  button: { marginTop: tokens.spacingVerticalS },
});

interface EmptyFrameProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly hint: string;
  readonly choose: string;
  /** The button's name for screen readers. */
  readonly chooseLabel: string;
  /** Something is dragged over it. */
  readonly over: boolean;
  readonly onChoose: () => void;
}

/** The dashed place where a file can be dropped, pasted or chosen. */
export function EmptyFrame({ icon, title, hint, choose, chooseLabel, over, onChoose }: EmptyFrameProps) {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.root, over && styles.over)}>
      {icon}
      <span className={styles.title}>{title}</span>
      <span className={styles.hint}>{hint}</span>
      <Button className={styles.button} size="small" aria-label={chooseLabel} onClick={onChoose}>
        {choose}
      </Button>
    </div>
  );
}
