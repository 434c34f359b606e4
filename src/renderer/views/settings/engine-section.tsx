import {
  Checkbox,
  Dropdown,
  Field,
  Link,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Option,
} from '@fluentui/react-components';
import { ENGINE_IDS, type SwapSettings } from '#shared/settings.ts';
import { withSettings } from '../../model/document.ts';
import { effectiveEngine } from '../../model/presets.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { engineState, useModels } from '../../state/models.ts';
import { openDialog } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { Section } from './section.tsx';

const useStyles = makeStyles({
  dropdown: { minWidth: 0, width: '100%' },
  models: { alignSelf: 'flex-start' },
});

const CHOICES = ['auto', ...ENGINE_IDS] as const;
const isChoice = (value: string | undefined): value is SwapSettings['engine'] => CHOICES.some((id) => id === value);

/** Which engine computes the swap and why one cannot, and, for photos, whether they still have to be aligned. */
export function EngineSection({ crop: asksCrop = true }: { crop?: boolean }) {
  const styles = useStyles();
  const { engine, crop } = useEdit((state) => state.history.present.settings);
  const models = useModels((state) => state.models);
  const rgi = engineState(models, 'rgi');
  const used = effectiveEngine(engine, models);
  const hints = [
    text.settings.engineHints[engine],
    ...(engine === 'auto' && models !== null ? [text.models.engine.autoUses[used]] : []),
    ...(used === 'rgi' && rgi && rgi.lacks.length > 0 ? [text.models.engine.lesser(rgi.lacks.length)] : []),
  ];
  return (
    <Section title={text.settings.engine}>
      <Field hint={hints.join(' ')} size="small">
        <Dropdown
          className={styles.dropdown}
          size="small"
          aria-label={text.settings.engine}
          selectedOptions={[engine]}
          value={text.settings.engines[engine]}
          onOptionSelect={(_, { optionValue }) => {
            if (isChoice(optionValue)) edit((doc) => withSettings(doc, { engine: optionValue }));
          }}
        >
          {CHOICES.map((id) => (
            <Option key={id} value={id}>
              {text.settings.engines[id]}
            </Option>
          ))}
        </Dropdown>
      </Field>
      {engine === 'rgi' && rgi?.ready === false && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{text.models.engine.unavailable}</MessageBarTitle>
            {rgi.reason}
          </MessageBarBody>
        </MessageBar>
      )}
      <Link as="button" className={styles.models} onClick={() => openDialog('models')}>
        {text.models.open}
      </Link>
      {asksCrop && (
        <Field hint={text.settings.cropHint} size="small">
          <Checkbox
            checked={crop}
            label={text.settings.crop}
            onChange={(_, { checked }) => edit((doc) => withSettings(doc, { crop: checked === true }))}
          />
        </Field>
      )}
    </Section>
  );
}
