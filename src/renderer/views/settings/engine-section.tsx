import { Checkbox, Dropdown, Field, makeStyles, Option } from '@fluentui/react-components';
import { ENGINE_IDS, type SwapSettings } from '#shared/settings.ts';
import { withSettings } from '../../model/document.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { Section } from './section.tsx';

const useStyles = makeStyles({
  dropdown: { minWidth: 0, width: '100%' },
});

const CHOICES = ['auto', ...ENGINE_IDS] as const;
const isChoice = (value: string | undefined): value is SwapSettings['engine'] => CHOICES.some((id) => id === value);

/** Which engine computes the swap, and whether the photos still have to be aligned. */
export function EngineSection() {
  const styles = useStyles();
  const { engine, crop } = useEdit((state) => state.history.present.settings);
  return (
    <Section title={text.settings.engine}>
      <Field hint={text.settings.engineHints[engine]} size="small">
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
      <Field hint={text.settings.cropHint} size="small">
        <Checkbox
          checked={crop}
          label={text.settings.crop}
          onChange={(_, { checked }) => edit((doc) => withSettings(doc, { crop: checked === true }))}
        />
      </Field>
    </Section>
  );
}
