import { makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkCircle16Filled, Circle16Regular, ErrorCircle16Filled, Warning16Filled } from '@fluentui/react-icons';
import type { PackState } from '#shared/contract-models.ts';

const useStyles = makeStyles({
  root: { display: 'inline-flex', flexShrink: 0, lineHeight: 0 },
  ready: { color: tokens.colorStatusSuccessForeground1 },
  incomplete: { color: tokens.colorStatusWarningForeground3 },
  damaged: { color: tokens.colorStatusDangerForeground1 },
  missing: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  ready: CheckmarkCircle16Filled,
  incomplete: Warning16Filled,
  damaged: ErrorCircle16Filled,
  missing: Circle16Regular,
} as const;

/** The sign of a state, with its meaning for screen readers. */
export function StateMark({ state, label }: { state: PackState; label: string }) {
  const styles = useStyles();
  const Icon = ICONS[state];
  return (
    <span className={styles.root}>
      <Icon className={styles[state]} role="img" aria-label={label} />
    </span>
  );
}
