import {
  Button,
  Dropdown,
  Field,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Option,
  ProgressBar,
  tokens,
} from '@fluentui/react-components';
import { Delete16Regular, Dismiss16Regular, DocumentAdd16Regular } from '@fluentui/react-icons';
import { useEffect, useRef } from 'react';
import type { KeptWeightsInfo } from '#shared/tuning.ts';
import { useStudio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';
import { useWeights } from '../../state/tuning.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  dropdown: { minWidth: 0, width: '100%' },
  row: { display: 'flex', gap: tokens.spacingHorizontalXS },
  coming: { fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums' },
});

const CHECKPOINT = 'checkpoint';

interface ResumeChooserProps {
  /** Id of kept weights; null begins with the checkpoint. */
  readonly value: string | null;
  readonly onChoose: (id: string | null) => void;
  readonly disabled: boolean;
}

/** Which weights a tuning begins with: the checkpoint, or some that were tuned before, from a file. */
export function ResumeChooser({ value, onChoose, disabled }: ResumeChooserProps) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const desktop = useConnection((state) => state.shell?.kind === 'desktop');
  const { kept, coming, refused } = useWeights();
  const input = useRef<HTMLInputElement>(null);
  const words = text.tuning.resume;
  useEffect(() => {
    if (ready) void tuning.refreshKept();
  }, [tuning, ready]);

  const chosen = kept?.find(({ id }) => id === value);
  const nameOfChosen = value === null ? words.none : (chosen?.name ?? (kept === null ? '' : words.gone));
  const take = (weights: Promise<KeptWeightsInfo | null>) =>
    void weights.then((taken) => {
      if (taken) onChoose(taken.id);
    });
  const choose = () => {
    if (desktop) take(tuning.keepFromDialog());
    else input.current?.click();
  };
  return (
    <div className={styles.root}>
      <Field label={words.label} hint={words.hint} size="small">
        <Dropdown
          className={styles.dropdown}
          size="small"
          disabled={disabled}
          selectedOptions={[value ?? CHECKPOINT]}
          value={nameOfChosen}
          onOptionSelect={(_, { optionValue }) => onChoose(optionValue === CHECKPOINT ? null : (optionValue ?? null))}
        >
          <Option value={CHECKPOINT}>{words.none}</Option>
          {(kept ?? []).map(({ id, name }) => (
            <Option key={id} value={id}>
              {name}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <div className={styles.row}>
        <Button
          size="small"
          icon={<DocumentAdd16Regular />}
          disabled={disabled || !ready || coming !== null}
          onClick={choose}
        >
          {words.choose}
        </Button>
        {chosen && (
          <Button
            size="small"
            appearance="subtle"
            icon={<Delete16Regular />}
            disabled={disabled || !ready}
            aria-label={words.forget(chosen.name)}
            title={words.forget(chosen.name)}
            onClick={() => {
              onChoose(null);
              void tuning.forget(chosen.id);
            }}
          />
        )}
      </div>
      {coming && (
        <Field
          className={styles.coming}
          validationState="none"
          validationMessage={
            coming.fraction === null
              ? words.reading(coming.name)
              : words.sending(coming.name, Math.round(100 * coming.fraction))
          }
        >
          <ProgressBar aria-label={coming.name} {...(coming.fraction === null ? {} : { value: coming.fraction })} />
        </Field>
      )}
      {refused && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{words.refused(refused.name)}</MessageBarTitle>
            {refused.report.message} {refused.report.action}
          </MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                appearance="transparent"
                size="small"
                icon={<Dismiss16Regular />}
                aria-label={words.close}
                onClick={() => useWeights.setState({ refused: null })}
              />
            }
          />
        </MessageBar>
      )}
      <input
        ref={input}
        id="pick-tuned-weights"
        type="file"
        hidden
        aria-label={words.chooseLabel}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) take(tuning.keepFile(file));
          // The same choice must be possible again.
          event.target.value = '';
        }}
      />
    </div>
  );
}
