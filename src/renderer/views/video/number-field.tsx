import { Field, Input } from '@fluentui/react-components';
import { useEffect, useState } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  /** Takes a number only when it makes sense here. */
  readonly accepts: (value: number) => boolean;
  readonly hint?: string;
  readonly step?: number;
  readonly min?: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A number that is kept once it makes sense; what is being typed stays as it is until then. */
export function NumberField({
  label,
  value,
  accepts,
  hint,
  step = 1,
  min,
  disabled = false,
  onChange,
}: NumberFieldProps) {
  const [typed, setTyped] = useState(String(value));
  useEffect(() => {
    setTyped((now) => (Number(now) === value ? now : String(value)));
  }, [value]);
  const number = Number(typed);
  const valid = typed.trim() !== '' && Number.isFinite(number) && accepts(number);
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      size="small"
      validationState={valid ? 'none' : 'error'}
    >
      <Input
        size="small"
        type="number"
        step={step}
        min={min}
        value={typed}
        disabled={disabled}
        aria-invalid={!valid}
        onChange={(_, data) => {
          setTyped(data.value);
          const next = Number(data.value);
          if (data.value.trim() !== '' && Number.isFinite(next) && accepts(next)) onChange(next);
        }}
        onBlur={() => setTyped(String(value))}
      />
    </Field>
  );
}
