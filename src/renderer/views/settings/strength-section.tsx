import { Field, makeStyles } from '@fluentui/react-components';
import { withSettings } from '../../model/document.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { AmountSlider } from './amount-slider.tsx';
import { Section } from './section.tsx';

const useStyles = makeStyles({ field: { gap: 0 } });

/** The amount of the whole swap and of recolouring. */
export function StrengthSection() {
  const styles = useStyles();
  const { amount, recolor } = useEdit((state) => state.history.present.settings);
  return (
    <Section title={text.settings.strength}>
      <Field className={styles.field} label={text.settings.global} hint={text.settings.globalHint} size="small">
        {(field) => (
          <AmountSlider
            label={text.settings.global}
            value={amount}
            describedBy={field['aria-describedby']}
            onChange={(value) => edit((doc) => withSettings(doc, { amount: value }), 'amount')}
          />
        )}
      </Field>
      <Field className={styles.field} label={text.settings.recolor} hint={text.settings.recolorHint} size="small">
        {(field) => (
          <AmountSlider
            label={text.settings.recolor}
            value={recolor}
            describedBy={field['aria-describedby']}
            onChange={(value) => edit((doc) => withSettings(doc, { recolor: value }), 'recolor')}
          />
        )}
      </Field>
    </Section>
  );
}
