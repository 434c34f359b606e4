import { Dropdown, Field, makeStyles, Option } from '@fluentui/react-components';

const useStyles = makeStyles({ dropdown: { minWidth: 0, width: '100%' } });

export interface ChoiceOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Why it cannot be chosen. */
  readonly obstacle?: string | undefined;
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly ChoiceOption<T>[];
  readonly hint?: string | undefined;
  readonly disabled?: boolean;
  readonly onChoose: (value: T) => void;
}

/** One of a few named values. */
export function Choice<T extends string>({ label, value, options, hint, disabled = false, onChoose }: ChoiceProps<T>) {
  const styles = useStyles();
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} size="small">
      <Dropdown
        className={styles.dropdown}
        size="small"
        disabled={disabled}
        selectedOptions={[value]}
        value={options.find((option) => option.value === value)?.label ?? value}
        onOptionSelect={(_, { optionValue }) => {
          const option = options.find((row) => row.value === optionValue);
          if (option && option.obstacle === undefined) onChoose(option.value);
        }}
      >
        {options.map((option) => (
          <Option key={option.value} value={option.value} disabled={option.obstacle !== undefined} text={option.label}>
            {option.obstacle === undefined ? option.label : `${option.label} (${option.obstacle})`}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
