import { makeStyles, tokens } from '@fluentui/react-components';
import { ErrorCircle16Filled, Info16Filled, Warning16Filled } from '@fluentui/react-icons';
import type { Warning } from '#shared/contract.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  blocks: { color: tokens.colorStatusDangerForeground1 },
  degrades: { color: tokens.colorStatusWarningForeground3 },
  info: { color: tokens.colorNeutralForeground3 },
});

const ICONS = { blocks: ErrorCircle16Filled, degrades: Warning16Filled, info: Info16Filled } as const;

/** The sign of a remark's severity, with its meaning for screen readers. */
export function SeverityMark({ severity }: { severity: Warning['severity'] | null }) {
  const styles = useStyles();
  if (severity === null) return null;
  const Icon = ICONS[severity];
  return <Icon className={styles[severity]} aria-label={text.checks.severity[severity]} role="img" />;
}
