import { makeStyles, mergeClasses, Slider, tokens } from '@fluentui/react-components';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 40px', alignItems: 'center', minWidth: 0 },
  slider: { minWidth: 0, width: '100%' },
  value: {
    textAlign: 'right',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
  },
  compact: { gridTemplateColumns: 'minmax(0, 1fr)' },
  off: { color: tokens.colorNeutralForeground4 },
});

interface AmountSliderProps {
  readonly label: string;
  /** 0..1 */
  readonly value: number;
  readonly disabled?: boolean;
  readonly describedBy?: string | undefined;
  /** Without the value beside it, where there is no room; it is the tooltip then. */
  readonly compact?: boolean;
  readonly onChange: (value: number) => void;
}

/** A slider from 0 to 100 % with its value beside it. */
export function AmountSlider({
  label,
  value,
  disabled = false,
  describedBy,
  compact = false,
  onChange,
}: AmountSliderProps) {
  const styles = useStyles();
  return (
    <div
      className={mergeClasses(styles.root, compact && styles.compact)}
      title={compact ? text.settings.percent(value) : undefined}
    >
      <Slider
        className={styles.slider}
        size="small"
        min={0}
        max={100}
        value={Math.round(value * 100)}
        disabled={disabled}
        aria-label={label}
        aria-valuetext={text.settings.percent(value)}
        aria-describedby={describedBy}
        onChange={(_, data) => onChange(data.value / 100)}
      />
      {!compact && (
        <span className={mergeClasses(styles.value, disabled && styles.off)} aria-hidden>
          {text.settings.percent(value)}
        </span>
      )}
    </div>
  );
}
